import Glibc
package import Logging
package import S3Protocol

/// Writes log lines to standard error, as text for people or as one JSON object a line for machines.
package struct LineLogHandler: LogHandler {
    /// How lines look.
    package enum Format: String, Sendable {
        /// `2026-01-01T00:00:00Z info request id=… status=200`.
        case text
        /// `{"time":"…","level":"info","message":"request","id":"…"}`.
        case json
    }

    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let format: Format
    private let clock: @Sendable () -> Timestamp

    /// A handler that writes lines of this level and above.
    package init(format: Format, level: Logger.Level, clock: @escaping @Sendable () -> Timestamp) {
        self.format = format
        self.logLevel = level
        self.clock = clock
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let pairs = fields.map { ($0.key, $0.value.description) }.sorted { $0.0 < $1.0 }
        let line = format == .json ? json(event, pairs) : text(event, pairs)
        // One write a line: lines of several threads never mix, and a full pipe is the reader's fault.
        _ = line.withUTF8Copy { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    private func text(_ event: LogEvent, _ pairs: [(String, String)]) -> String {
        let details = pairs.map { " \($0.0)=\(Self.plain($0.1))" }.joined()
        return "\(clock().iso8601) \(event.level) \(Self.plain(event.message.description, quoting: false))\(details)\n"
    }

    private func json(_ event: LogEvent, _ pairs: [(String, String)]) -> String {
        let head = [("time", clock().iso8601), ("level", event.level.rawValue), ("message", event.message.description)]
        let members = (head + pairs).map { JSONValue.quote($0.0) + ":" + JSONValue.quote($0.1) }
        return "{" + members.joined(separator: ",") + "}\n"
    }

    /// Text that stays on its line: control characters become blanks, blanks put it in quotes.
    private static func plain(_ text: String, quoting: Bool = true) -> String {
        let safe = String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 })
        )
        return quoting && (safe.isEmpty || safe.utf8.contains(UInt8(ascii: " "))) ? JSONValue.quote(safe) : safe
    }
}

extension String {
    fileprivate func withUTF8Copy<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var copy = self
        return copy.withUTF8(body)
    }
}
