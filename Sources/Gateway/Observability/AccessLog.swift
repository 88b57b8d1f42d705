package import Logging
import NIOCore
import S3Protocol

/// One log line for each exchange, with everything the request's handlers noted and never a secret.
///
/// The target is logged without its query, which may carry signatures and tokens.
package struct AccessLog: Sendable {
    private let logger: Logger
    /// What writes the logger's lines, when it is ours: then fields need not go through the logger's dictionaries.
    private let writer: LineLogHandler?

    /// A log that writes here.
    package init(_ logger: Logger) {
        self.logger = logger
        writer = logger.handler as? LineLogHandler
    }

    /// Writes the line: `info` for what went well or was refused, `error` for our own faults.
    package func write(_ report: ExchangeReport) {
        let level: Logger.Level = report.status >= 500 && report.status != 503 ? .error : .info
        guard logger.logLevel <= level else { return }
        let fields = Self.fields(report)
        guard let writer, writer.metadata.isEmpty else {
            return logger.log(level: level, "request", metadata: Self.metadata(fields))
        }
        var line = writer.line(level, "request")
        for (name, value) in fields { line.add(name, value) }
        line.write()
    }

    /// Name and value of each field, in the order of the names.
    private static func fields(_ report: ExchangeReport) -> [(name: String, value: String?)] {
        let facts = report.request?.trace.facts
        return [
            ("bytes_in", String(report.bytesReceived)),
            ("bytes_out", String(report.bytesSent)),
            ("cut_off", report.isComplete || report.request == nil ? nil : "true"),
            ("duration_us", String(report.duration.nanoseconds / 1_000)),
            ("error", facts?.errorCode),
            ("id", report.request?.id.text),
            ("identity", facts?.identity),
            ("method", report.request?.head.method),
            ("operation", facts?.operation),
            ("path", report.request?.head.target.rawPath),
            ("peer", report.request?.remoteAddress),
            ("reason", facts?.reason),
            ("status", String(report.status)),
        ]
    }

    private static func metadata(_ fields: [(name: String, value: String?)]) -> Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        for (name, value) in fields { metadata[name] = value.map { .string($0) } }
        return metadata
    }
}
