import Attachments
import NIOCore
import NIOHTTP1
import S3Protocol

/// What commands ask of a running server over its control socket, which only the server's own user can open.
///
/// The same actions serve a command that works alone on a root that no server holds.
package struct ControlSurface: RequestResponder {
    private let actions: ControlActions
    private let metrics: Metrics

    /// A surface of these actions.
    package init(actions: ControlActions, metrics: Metrics) {
        self.actions = actions
        self.metrics = metrics
    }

    /// The answer to a command: JSON, errors included.
    package func respond(to request: Request) async -> Response {
        request.trace.note { $0.operation = "Control" }
        let segments = request.head.target.rawPath.split(separator: "/").map(String.init)
        do {
            let body = try await request.body.collect(upTo: 64 * 1024).map { Array($0.readableBytesView) } ?? []
            let answer = try await actions.perform(request.head.method, segments, body: body)
            return Response(.ok, contentType: "application/json", bytes: Array(answer.compactText.utf8))
        } catch {
            let refusal = (error as? APIError) ?? APIError(status: 500, .init("failed", String(describing: error)))
            return Response(
                HTTPResponseStatus(statusCode: refusal.status),
                contentType: "application/json",
                bytes: refusal.bytes
            )
        }
    }

    /// The answer to what is no request.
    package func refuse(_ refusal: FrontRefusal, id: RequestID) -> Response {
        Response(.badRequest, contentType: "text/plain", bytes: Array("not a control request\n".utf8))
    }

    /// Counts one exchange.
    package func completed(_ report: ExchangeReport) {
        metrics.count(report)
    }
}
