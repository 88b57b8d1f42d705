import Configuration
import FoundationEssentials
import Glibc
import ObjectStorage
import S3Protocol

/// Long work, in a server or in this process, and how far it has come.
struct RunningTask {
    /// What has become of it.
    struct Result {
        /// Objects that were looked at.
        var objects: Int64
        /// Buckets that were gone through.
        var buckets: Int64
        /// Keys that were gone through, where their versions are what is counted as objects.
        var keys: Int64
        /// Attachments that were looked at.
        var attachments: Int64
        /// Bytes that were read or copied.
        var bytes: Int64
        /// What was there already.
        var skipped: Int64
        /// What was refused.
        var refused: Int64
        /// Everything that was found.
        var findings: [JSONValue]
    }

    private let session: any ControlSession
    private let id: String

    /// Begins work of a kind, runs it to its end with progress on standard error, and gives what came of it.
    ///
    /// - Throws: `ConfigurationError` with the reason of a failure.
    static func run(_ kind: String, _ body: [JSONValue.Member], on session: any ControlSession) async throws -> Result {
        let answer = try await session.perform("POST", ["tasks", kind], body: JSONValue.object(body).compactText)
        let task = RunningTask(session: session, id: answer.text("id"))
        return try await task.finish(answer)
    }

    private func finish(_ first: JSONValue) async throws -> Result {
        var (state, progress) = (first, ProgressLine())
        while state.text("state") == "running" {
            progress.show(state)
            try await Task.sleep(for: .milliseconds(100))
            state = try await session.perform("GET", ["tasks", id], body: "")
        }
        progress.end()
        guard state.text("state") == "done" else {
            throw ConfigurationError(state["failure"]?.string ?? "it was cancelled")
        }
        guard case .array(let findings)? = state["findings"] else { throw ConfigurationError("no findings came back") }
        return Result(
            objects: state.integer("objects"),
            buckets: state.integer("buckets"),
            keys: state.integer("keys"),
            attachments: state.integer("attachments"),
            bytes: state.integer("bytes"),
            skipped: state.integer("skipped"),
            refused: state.integer("refused"),
            findings: findings
        )
    }
}

/// One line on a terminal that says how far something is; nothing where standard error is no terminal.
struct ProgressLine {
    /// Whether there is somebody to show it to.
    let isTerminal = isatty(STDERR_FILENO) == 1
    private let began = ContinuousClock.now
    private var isShown = false

    /// Shows a task's state.
    mutating func show(_ state: JSONValue) {
        show(
            state.text("phase"),
            objects: state.integer("objects"),
            keys: state.integer("keys"),
            bytes: state.integer("bytes"),
            found: state.integer("found")
        )
    }

    /// Shows how many objects work without bytes has come to.
    mutating func show(_ phase: String, objects: Int64) {
        show(phase, objects: objects, keys: 0, bytes: nil, found: 0)
    }

    /// Shows what a check of this process has come to.
    mutating func show(_ state: CheckReport.State) {
        show(
            state.phase,
            objects: Int64(state.objects),
            keys: Int64(state.keys),
            bytes: state.bytes,
            found: Int64(state.findings.count)
        )
    }

    private mutating func show(_ phase: String, objects: Int64, keys: Int64, bytes: Int64?, found: Int64) {
        guard isTerminal else { return }
        isShown = true
        let rate = objects / max(1, Int64(began.duration(to: .now).components.seconds))
        let counted = keys > 0 ? "\(keys) keys with \(objects) versions" : "\(objects) objects"
        StandardError.write(
            "\r\u{1B}[K\(phase): \(counted) (\(rate)/s)"
                + (bytes.map { ", \(ByteText.amount($0))" } ?? "")
                + (found > 0 ? ", \(found) findings" : "")
        )
    }

    /// Shows how far a check of this process is, until the task is cancelled.
    static func follow(_ report: CheckReport) -> Task<Void, Never> {
        Task {
            var line = ProgressLine()
            repeat { line.show(report.state) } while (try? await Task.sleep(for: .milliseconds(100))) != nil
            line.end()
        }
    }

    /// Takes the line away.
    mutating func end() {
        if isShown { StandardError.write("\r\u{1B}[K") }
    }
}

extension ByteText {
    /// A number of bytes for people to read.
    static func amount(_ bytes: Int64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var (value, unit) = (Double(bytes), 0)
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return unit == 0 ? "\(bytes) B" : "\((value * 10).rounded() / 10) \(units[unit])"
    }

    /// The bytes that an amount such as `512`, `20M` or `1.5G` stands for, nil for any other text.
    static func bytes(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
        guard let last = text.last else { return nil }
        guard let unit = units[Character(last.uppercased())] else { return Int64(text).flatMap { $0 >= 0 ? $0 : nil } }
        guard let value = Double(text.dropLast()), value >= 0, value < 1e6 else { return nil }
        return Int64(value * Double(unit))
    }
}

extension JSONValue {
    /// A member of an object.
    subscript(_ name: String) -> JSONValue? {
        if case .object(let members) = self { members.first { $0.name == name }?.value } else { nil }
    }

    /// The text of a member, `-` for none.
    func text(_ name: String) -> String {
        if case .number(let text)? = self[name] { return text }
        return self[name]?.string ?? "-"
    }

    /// The whole number of a member, 0 for none.
    func integer(_ name: String) -> Int64 {
        if case .number(let text)? = self[name] { Int64(text) ?? 0 } else { 0 }
    }
}
