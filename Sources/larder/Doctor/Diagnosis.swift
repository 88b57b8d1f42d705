import S3Protocol

/// One thing that the doctor looked at, and how it is.
struct Diagnosis: Sendable {
    /// How bad it is.
    enum Level: String, Comparable, Sendable {
        case ok, warn, fail

        static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }

        private var rank: Int { self == .ok ? 0 : self == .warn ? 1 : 2 }
    }

    /// What was looked at: a stable word or two for scripts.
    let check: String
    let level: Level
    /// What was found, in one sentence or less.
    let found: String
    /// What to do; nil when nothing has to be.
    let advice: String?

    /// All is well.
    static func ok(_ check: String, _ found: String) -> Diagnosis {
        Diagnosis(check: check, level: .ok, found: found, advice: nil)
    }

    /// It works, but less well or less safely than it could.
    static func warn(_ check: String, _ found: String, _ advice: String) -> Diagnosis {
        Diagnosis(check: check, level: .warn, found: found, advice: advice)
    }

    /// Something will not work.
    static func fail(_ check: String, _ found: String, _ advice: String? = nil) -> Diagnosis {
        Diagnosis(check: check, level: .fail, found: found, advice: advice)
    }

    /// For people: a line, and one below with what to do.
    var text: String {
        let column = 16
        let pad = { (text: String, width: Int) in text + String(repeating: " ", count: max(1, width - text.utf8.count))
        }
        let line = pad(level.rawValue, 6) + pad(check, column) + found
        return line + (advice.map { "\n" + String(repeating: " ", count: 6 + column) + "-> \($0)" } ?? "")
    }

    var json: JSONValue {
        .object([
            .init("check", .string(check)), .init("level", .string(level.rawValue)), .init("found", .string(found)),
            .init("advice", .optional(advice)),
        ])
    }
}

/// Everything that was found, with the worst of it.
struct DoctorReport {
    private(set) var level = Diagnosis.Level.ok
    private var diagnoses: [Diagnosis] = []

    mutating func add(_ diagnosis: Diagnosis) {
        diagnoses.append(diagnosis)
        level = max(level, diagnosis.level)
    }

    var json: JSONValue {
        .object([.init("level", .string(level.rawValue)), .init("checks", .array(diagnoses.map(\.json)))])
    }
}
