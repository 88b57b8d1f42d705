import NIOHTTP1
import S3Protocol

/// Cross-origin rules of the JSON API: pages of `cors.allowed_origins` may use it.
struct APICORS {
    private static let allowedHeaders =
        "Authorization, Content-Type, Prefer, Range, X-AppId, X-TeamId, X-InstallationId"
    private static let exposedHeaders = "Content-Range, Location, Retry-After, X-Status-Reason, x-amz-request-id"

    private let rules: CORSConfiguration

    init(origins: [String]) {
        rules = .open(to: origins)
    }

    /// The answer to a preflight request; one from another origin gets no headers, which makes browsers refuse.
    func preflight(_ head: RequestHead) -> Response {
        var response = Response(.noContent)
        guard let allowed = allowedOrigin(of: head) else { return response }
        response.headers = [
            "Access-Control-Allow-Origin": allowed,
            "Access-Control-Allow-Methods": "GET, POST, DELETE",
            "Access-Control-Allow-Headers": Self.allowedHeaders,
            "Access-Control-Max-Age": "3000",
            "Vary": "Origin",
        ]
        return response
    }

    /// Lets pages of an allowed origin read an answer.
    func decorate(_ response: inout Response, for head: RequestHead) {
        guard let allowed = allowedOrigin(of: head) else { return }
        response.headers.add(name: "Access-Control-Allow-Origin", value: allowed)
        response.headers.add(name: "Access-Control-Expose-Headers", value: Self.exposedHeaders)
        response.headers.add(name: "Vary", value: "Origin")
    }

    /// The value of `Access-Control-Allow-Origin`; which methods may be used does not depend on the origin here.
    private func allowedOrigin(of head: RequestHead) -> String? {
        head.headers["Origin"].flatMap { rules.actual(origin: $0, method: "GET")?.allowOrigin }
    }
}
