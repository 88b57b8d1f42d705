package import Attachments
import NIOCore
import NIOHTTP1
package import S3Protocol

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

/// The actions behind the control socket.
package struct ControlActions: Sendable {
    private let tokens: APITokens

    /// Actions on these tokens.
    package init(tokens: APITokens) {
        self.tokens = tokens
    }

    /// Performs `METHOD /tokens[/ID]`.
    ///
    /// - Throws: `APIError`.
    package func perform(_ method: String, _ path: [String], body: [UInt8]) async throws -> JSONValue {
        switch (method, path.first, path.dropFirst().first) {
        case ("GET", "tokens", nil): return .array(try await tokens.list().map(Self.json))
        case ("POST", "tokens", nil): return try await create(body)
        case ("DELETE", "tokens", let id?):
            guard let id = Int64(id) else { throw APIError.tokenNotFound() }
            try await tokens.delete(id)
            return .object([.init("deleted", .number("\(id)"))])
        default: throw APIError.routeNotFound()
        }
    }

    private func create(_ body: [UInt8]) async throws -> JSONValue {
        guard case .object(let members)? = JSONReader.read(body, limits: .init(length: 4096, depth: 4)),
            let name = members.first(where: { $0.name == "name" })?.value.string
        else { throw APIError.malformedBody(#"{"name":"NAME"}"#) }
        let token = try await tokens.create(name: name)
        return .object([
            .init("id", .number("\(token.record.id)")), .init("name", .string(token.record.name)),
            .init("token", .string(token.text)),
        ])
    }

    private static func json(_ record: TokenRecord) -> JSONValue {
        .object([
            .init("id", .number("\(record.id)")), .init("name", .string(record.name)),
            // That of the environment was never made here.
            .init("created", record.id == APITokens.environmentID ? .null : .string(record.created.iso8601)),
            .init("last_used", record.lastUsed.map { .string($0.iso8601) } ?? .null),
        ])
    }
}
