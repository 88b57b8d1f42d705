package import Attachments
import NIOCore
import NIOHTTP1
import S3Protocol

/// `/api/v4/…`: the JSON API of attachments.
package struct APISurface: Sendable {
    static let prefix = "/api/v4/"

    /// What the API works with.
    package struct Services: Sendable {
        let tokens: APITokens
        let authorizer: UploadAuthorizer
        let attachments: AttachmentService
        let presenter: AttachmentPresenter
        let addresses: AddressRule
        let allowedOrigins: [String]

        /// Services of these parts.
        package init(
            tokens: APITokens,
            authorizer: UploadAuthorizer,
            attachments: AttachmentService,
            presenter: AttachmentPresenter,
            addresses: AddressRule,
            allowedOrigins: [String]
        ) {
            self.tokens = tokens
            self.authorizer = authorizer
            self.attachments = attachments
            self.presenter = presenter
            self.addresses = addresses
            self.allowedOrigins = allowedOrigins
        }
    }

    private let services: Services
    private let cors: APICORS

    /// A surface on these services.
    package init(_ services: Services) {
        self.services = services
        cors = APICORS(origins: services.allowedOrigins)
    }

    /// The answer to a request under `/api/v4/`; refusals have the API's JSON shape.
    func respond(to request: Request) async -> Response {
        if request.head.method == "OPTIONS" {
            request.trace.note { $0.operation = "APIPreflight" }
            return cors.preflight(request.head)
        }
        var response: Response
        do {
            response = try await perform(request)
        } catch {
            response = Self.refusal(error, request)
        }
        cors.decorate(&response, for: request.head)
        return request.head.method == "HEAD" ? response.withoutBody : response
    }

    private func perform(_ request: Request) async throws -> Response {
        let route = try APIRoute(request.head)
        request.trace.note { $0.operation = route.name }
        let client = try await services.tokens.authenticate(
            authorization: request.head.headers["Authorization"],
            context: ClientContext(
                teamID: request.head.headers["X-TeamId"],
                appID: request.head.headers["X-AppId"],
                installationID: request.head.headers["X-InstallationId"]
            )
        )
        request.trace.note { $0.identity = "token:\(client.tokenID)" }
        let handlers = AttachmentHandlers(services: services, client: client)
        switch route {
        case .authorizeUpload: return try await handlers.authorizeUpload(request)
        case .create: return try await handlers.create(request)
        case .list: return try await handlers.list(request)
        case .get(let id): return try await handlers.get(id, request)
        case .delete(let id): return try await handlers.delete(id)
        }
    }

    private static func refusal(_ error: any Error, _ request: Request) -> Response {
        let refusal = apiError(error)
        request.trace.note { facts in
            facts.errorCode = refusal.failure.code
            facts.reason = refusal.status >= 500 ? String(describing: error) : refusal.failure.message
        }
        var headers: HTTPHeaders = ["Cache-Control": "no-store"]
        for (name, value) in refusal.headers { headers.add(name: name, value: value) }
        if refusal.status == 405, let routes = try? APIRoute.routes(request.head) {
            headers.add(name: "Allow", value: routes.keys.sorted().joined(separator: ", "))
        }
        return Response(
            HTTPResponseStatus(statusCode: refusal.status),
            contentType: "application/json",
            bytes: refusal.bytes,
            headers: headers
        )
    }

    private static func apiError(_ error: any Error) -> APIError {
        if let refusal = error as? APIError { return refusal }
        guard let s3 = (error as? any S3ErrorConvertible)?.s3Error else {
            return APIError(status: 500, .init("internal_error", "Something failed here; the log has the reason."))
        }
        return s3.status == 503
            ? .unavailable(s3.message, retryAfter: 1)
            : APIError(status: s3.status, .init(ByteText.lowercasedASCII(s3.code.rawValue), s3.message))
    }
}
