import S3Protocol

/// One log line, written byte by byte: there is one for each request.
struct LogLine {
    private let format: LineLogHandler.Format
    private var bytes: [UInt8] = []

    /// A line that begins with time, level and message.
    init(_ format: LineLogHandler.Format, _ time: Timestamp, _ level: String, _ message: String) {
        self.format = format
        bytes.reserveCapacity(512)
        switch format {
        case .text:
            bytes.append(contentsOf: "\(time.iso8601) \(level) ".utf8)
            addPlain(message)
        case .json:
            bytes.append(UInt8(ascii: "{"))
            addMember("time", time.iso8601)
            add("level", level)
            add("message", message)
        }
    }

    /// Adds a field; one without a value is left out.
    mutating func add(_ name: String, _ value: String?) {
        guard let value else { return }
        switch format {
        case .text:
            bytes.append(UInt8(ascii: " "))
            bytes.append(contentsOf: name.utf8)
            bytes.append(UInt8(ascii: "="))
            // What is empty or has blanks stands in quotes.
            let isQuoted = value.isEmpty || value.utf8.contains { $0 == 0x20 || Self.isControl($0) }
            if isQuoted { addQuoted(Self.withoutControls(value)) } else { bytes.append(contentsOf: value.utf8) }
        case .json:
            bytes.append(UInt8(ascii: ","))
            addMember(name, value)
        }
    }

    /// All of the line, its end included.
    var finished: [UInt8] { bytes + (format == .json ? "}\n" : "\n").utf8 }

    private mutating func addMember(_ name: String, _ value: String) {
        addQuoted(name)
        bytes.append(UInt8(ascii: ":"))
        addQuoted(value)
    }

    private mutating func addQuoted(_ text: String) {
        var quoted = JSONText(capacity: 0)
        quoted.string(text)
        bytes.append(contentsOf: quoted.bytes)
    }

    private mutating func addPlain(_ text: String) {
        bytes.append(contentsOf: Self.withoutControls(text).utf8)
    }

    /// Text that stays on its line: control characters become blanks.
    private static func withoutControls(_ text: String) -> String {
        guard text.utf8.contains(where: isControl) else { return text }
        return String(decoding: text.utf8.map { isControl($0) ? 0x20 : $0 }, as: UTF8.self)
    }

    private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }
}
