import NIOHTTP1
package import ObjectStorage
import S3Protocol

/// Cross-origin rules of buckets: preflight answers, and the headers on actual ones (Fetch standard, "CORS protocol").
package struct BucketCORS: Sendable {
    private static let methods = ["GET", "HEAD", "PUT", "POST", "DELETE"]
    private static let exposed = "ETag, Location, x-amz-request-id, x-amz-version-id, Content-Range"

    private let store: any BucketStore

    /// The rules of this store's buckets.
    package init(store: any BucketStore) {
        self.store = store
    }

    /// The answer to a preflight request.
    ///
    /// - Throws: `BadRequest` without origin or method, `AccessForbidden` when no rule allows it.
    func preflight(_ request: Request, _ address: Address) throws(S3Error) -> Response {
        let headers = request.head.headers
        guard let origin = headers["Origin"] else { throw .preflightWithoutOrigin }
        let method = headers["Access-Control-Request-Method"] ?? ""
        guard Self.methods.contains(method) else { throw .invalidAccessControlRequestMethod(method) }
        let refused = { (refusal: S3Error.PreflightRefusal) in
            S3Error.accessForbidden(refusal, method: method, resourceType: address.scope.resourceType)
        }
        guard let name = address.bucket, let bucket = try? store.bucket(name) else { throw refused(.bucketNotFound) }
        guard let origins = bucket.settings.allowedOrigins, !origins.isEmpty else { throw refused(.notEnabled) }
        guard let rule = OriginRule(origins).match(origin) else { throw refused(.notAllowed) }
        var answer: HTTPHeaders = [
            "Access-Control-Allow-Origin": rule,
            "Access-Control-Allow-Methods": Self.methods.joined(separator: ", "),
            "Access-Control-Max-Age": "3000",
            "Access-Control-Expose-Headers": Self.exposed,
            "Vary": "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
        ]
        if let wanted = headers["Access-Control-Request-Headers"] {
            answer.add(name: "Access-Control-Allow-Headers", value: wanted)
        }
        return Response(.ok, headers: answer)
    }

    /// Adds the headers that let a page of an allowed origin read an actual answer, refusals included.
    func decorate(_ response: inout Response, for request: Request, address: Address) {
        guard let origin = request.head.headers["Origin"], request.head.method != "OPTIONS", let name = address.bucket,
            let origins = try? store.bucket(name).settings.allowedOrigins,
            let rule = OriginRule(origins).match(origin)
        else { return }
        response.headers.add(name: "Access-Control-Allow-Origin", value: rule)
        response.headers.add(name: "Access-Control-Expose-Headers", value: Self.exposed)
        response.headers.add(name: "Vary", value: "Origin")
    }
}

/// Which origins are allowed: `*`, exact ones, or ones with a single `*` in them.
struct OriginRule {
    private let patterns: [String]

    init(_ patterns: [String]) {
        self.patterns = patterns
    }

    /// The value of `Access-Control-Allow-Origin` for this origin, nil when it is not allowed.
    func match(_ origin: String) -> String? {
        if patterns.contains("*") { return "*" }
        return patterns.contains { Self.matches(origin, $0) } ? origin : nil
    }

    private static func matches(_ origin: String, _ pattern: String) -> Bool {
        let halves = pattern.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2 else { return ByteText.equal(origin, pattern) }
        return origin.utf8.count >= pattern.utf8.count - 1 && origin.hasPrefix(halves[0]) && origin.hasSuffix(halves[1])
    }
}
