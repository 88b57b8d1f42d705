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
    private let output = LogOutput.standardError

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
        var line = line(event.level, event.message.description)
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) { line.add(name, value.description) }
        output.write(line.finished)
    }

    /// Writes a line soon, without waiting for the reader of standard error.
    func enqueue(_ line: LogLine) {
        output.enqueue(line.finished) { [self] count in
            var note = self.line(.warning, "standard error is read too slowly: lines of requests are missing here")
            note.add("lines", String(count))
            return note.finished
        }
    }

    /// A line whose fields the caller adds, in the order of their names, and which it has written.
    func line(_ level: Logger.Level, _ message: String) -> LogLine {
        LogLine(format, clock(), level.rawValue, message)
    }
}
