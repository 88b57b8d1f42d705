import NIOCore
import NIOHTTP1
package import S3Protocol

/// Decides which of the three surfaces a request is for, and tells log and metrics how it went.
///
/// `/-/…` is Larder's own and `/api/v4/…` the JSON API, but never on a bucket's own host, where every path is a key.
package struct GatewayResponder: RequestResponder {
    private let addressing: Addressing
    private let s3: S3Surface
    private let api: APISurface
    private let operations: OperatorSurface
    private let metrics: Metrics
    private let log: AccessLog

    /// A responder of these surfaces.
    package init(
        addressing: Addressing,
        s3: S3Surface,
        api: APISurface,
        operations: OperatorSurface,
        metrics: Metrics,
        log: AccessLog
    ) {
        self.addressing = addressing
        self.s3 = s3
        self.api = api
        self.operations = operations
        self.metrics = metrics
        self.log = log
    }

    /// The answer of the surface that the request is for.
    package func respond(to request: Request) async -> Response {
        let path = request.head.target.rawPath
        let isOurs = ByteText.hasPrefix(path, OperatorSurface.prefix) || ByteText.hasPrefix(path, APISurface.prefix)
        guard isOurs, !addressing.isBucketHost(request.head.headers["Host"] ?? "") else {
            return await respondAsS3(to: request)
        }
        return ByteText.hasPrefix(path, APISurface.prefix)
            ? await api.respond(to: request) : await operations.respond(to: request)
    }

    private func respondAsS3(to request: Request) async -> Response {
        do {
            let address = try addressing.resolve(request.head)
            return await s3.respond(to: request, address: address)
        } catch {
            return ErrorResponse.make(for: error, request: request)
        }
    }

    /// The answer to a head that the front could not accept.
    package func refuse(_ refusal: FrontRefusal, id: RequestID) -> Response {
        switch refusal {
        case .malformed: ErrorResponse.make(.malformedHTTP("the request is not HTTP/1.1"), id: id)
        case .headersTooLarge(let limit): ErrorResponse.make(.requestHeaderSectionTooLarge(limit: limit), id: id)
        case .tooManyConnections:
            ErrorResponse.make(.slowDown(retryAfter: 1).because("all connections are in use"), id: id)
        }
    }

    /// Counts and logs one exchange.
    package func completed(_ report: ExchangeReport) {
        metrics.count(report)
        log.write(report)
    }
}
