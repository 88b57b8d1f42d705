import NIOCore
import NIOHTTP1
import S3Protocol

/// What operators and probes ask for, under `/-/`, since `-` can never be a bucket's name.
package struct OperatorSurface: Sendable {
    static let prefix = "/-/"

    /// What the surface reports on; read at each request.
    package struct Sources: Sendable {
        /// Whether requests can be served, and the reason when not.
        let readiness: @Sendable () async -> Readiness
        /// Values for `/-/metrics`.
        let gauges: @Sendable () async -> [Metrics.Gauge]

        /// Sources of these closures.
        package init(
            readiness: @escaping @Sendable () async -> Readiness,
            gauges: @escaping @Sendable () async -> [Metrics.Gauge]
        ) {
            self.readiness = readiness
            self.gauges = gauges
        }
    }

    /// Whether requests can be served.
    package enum Readiness: Sendable, Equatable {
        /// Reads and writes work.
        case ready
        /// Something does not; in words for the operator.
        case notReady(String)
    }

    private let metrics: Metrics
    private let sources: Sources
    private let hosts: HostRule
    private let styles: StylesSurface

    /// A surface that answers on these hosts beside addresses and loopback, and for styles on any.
    package init(metrics: Metrics, sources: Sources, hosts: HostRule, styles: StylesSurface) {
        self.metrics = metrics
        self.sources = sources
        self.hosts = hosts
        self.styles = styles
    }

    /// The answer to a request under `/-/`.
    func respond(to request: Request) async -> Response {
        guard !ByteText.hasPrefix(request.head.target.rawPath, StylesSurface.prefix) else {
            return await styles.respond(to: request)
        }
        let path = request.head.target.rawPath.dropFirst(Self.prefix.count)
        request.trace.note { $0.operation = "operator" }
        guard ["GET", "HEAD"].contains(request.head.method) else {
            return text(.methodNotAllowed, "Only GET and HEAD are answered here.\n", request)
        }
        switch path {
        case "health": return text(.ok, "ok\n", request)
        case "ready": return await ready(request)
        default: break
        }
        guard hosts.allows(request.head) else {
            request.trace.note { $0.reason = "host or origin is not ours" }
            return text(
                .forbidden,
                "This host name or origin may not use /-/; configure public_url or domain.\n",
                request
            )
        }
        guard path == "metrics" else { return text(.notFound, "There is nothing at this path.\n", request) }
        let body = await metrics.text(gauges: sources.gauges())
        return respond(.ok, "text/plain; version=0.0.4; charset=utf-8", body, request)
    }

    private func ready(_ request: Request) async -> Response {
        switch await sources.readiness() {
        case .ready: text(.ok, "ready\n", request)
        case .notReady(let reason): text(.serviceUnavailable, reason + "\n", request)
        }
    }

    private func text(_ status: HTTPResponseStatus, _ text: String, _ request: Request) -> Response {
        respond(status, "text/plain; charset=utf-8", text, request)
    }

    private func respond(
        _ status: HTTPResponseStatus,
        _ contentType: String,
        _ text: String,
        _ request: Request
    ) -> Response {
        let response = Response(
            status,
            contentType: contentType,
            bytes: Array(text.utf8),
            headers: ["Cache-Control": "no-store"]
        )
        return request.head.method == "HEAD" ? response.withoutBody : response
    }
}
