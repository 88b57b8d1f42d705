package import Logging
import NIOCore
import S3Protocol

/// One log line for each exchange, with everything the request's handlers noted and never a secret.
///
/// The target is logged without its query, which may carry signatures and tokens.
package struct AccessLog: Sendable {
    private let logger: Logger

    /// A log that writes here.
    package init(_ logger: Logger) {
        self.logger = logger
    }

    /// Writes the line: `info` for what went well or was refused, `error` for our own faults.
    package func write(_ report: ExchangeReport) {
        let level: Logger.Level = report.status >= 500 && report.status != 503 ? .error : .info
        logger.log(level: level, "request", metadata: Self.metadata(report))
    }

    private static func metadata(_ report: ExchangeReport) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "status": "\(report.status)",
            "duration_us": "\(report.duration.nanoseconds / 1_000)",
            "bytes_in": "\(report.bytesReceived)",
            "bytes_out": "\(report.bytesSent)",
        ]
        guard let request = report.request else { return metadata }
        let facts = request.trace.facts
        metadata["id"] = "\(request.id.text)"
        metadata["method"] = "\(request.head.method)"
        metadata["path"] = "\(request.head.target.rawPath)"
        metadata["peer"] = "\(request.remoteAddress)"
        metadata["operation"] = facts.operation.map { "\($0)" }
        metadata["identity"] = facts.identity.map { "\($0)" }
        metadata["error"] = facts.errorCode.map { "\($0)" }
        metadata["reason"] = facts.reason.map { "\($0)" }
        if !report.isComplete { metadata["cut_off"] = "true" }
        return metadata
    }
}
