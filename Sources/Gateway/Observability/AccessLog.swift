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
        guard let writer, writer.metadata.isEmpty else {
            var metadata: Logger.Metadata = [:]
            Self.forEachField(report) { name, value in metadata[name] = .string(value) }
            return logger.log(level: level, "request", metadata: metadata)
        }
        var line = writer.line(level, "request")
        Self.forEachField(report) { line.add($0, $1) }
        writer.enqueue(line)
    }

    /// Calls `body` with name and value of each field that has one, in the order of the names.
    @inline(__always)
    private static func forEachField(_ report: ExchangeReport, _ body: (String, String) -> Void) {
        let (request, facts) = (report.request, report.request?.trace.facts)
        body("bytes_in", String(report.bytesReceived))
        body("bytes_out", String(report.bytesSent))
        if !report.isComplete, request != nil { body("cut_off", "true") }
        body("duration_us", String(report.duration.nanoseconds / 1_000))
        if let code = facts?.errorCode { body("error", code) }
        if let request { body("id", request.id.text) }
        if let identity = facts?.identity { body("identity", identity) }
        if let request { body("method", request.head.method) }
        if let operation = facts?.operation { body("operation", operation) }
        if let request { body("path", Self.shown(request.head.target.rawPath)) }
        if let request { body("peer", request.remoteAddress) }
        if let reason = facts?.reason { body("reason", reason) }
        body("status", String(report.status))
    }

    /// A path without the signature of a style: whoever reads the log could else fetch it.
    private static func shown(_ path: String) -> String {
        guard ByteText.hasPrefix(path, StylesSurface.prefix) else { return path }
        let rest = path.utf8.dropFirst(StylesSurface.prefix.utf8.count).drop { $0 != UInt8(ascii: "/") }
        return StylesSurface.prefix + "-" + String(decoding: rest, as: UTF8.self)
    }
}
