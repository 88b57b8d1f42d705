import NIOHTTP1
package import ObjectStorage
import S3Protocol

/// Cross-origin rules of buckets: preflight answers, and the headers on actual ones (Fetch standard, "CORS protocol").
package struct BucketCORS: Sendable {
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
        let method = headers["Access-Control-Request-Method"]
        let refused = { (refusal: S3Error.PreflightRefusal, type: S3Error.ResourceType) in
            S3Error.accessForbidden(refusal, method: method ?? "OPTIONS", resourceType: type)
        }
        guard let name = address.bucket, let bucket = try? store.bucket(name) else {
            throw refused(.bucketNotFound, .bucket)
        }
        guard let rules = bucket.settings.rulesOfCORS else { throw refused(.notEnabled, .bucket) }
        guard let method, CORSRule.Method(rawValue: method) != nil else {
            throw .invalidAccessControlRequestMethod(method ?? "")
        }
        guard let match = rules.preflight(origin: origin, method: method, headers: headers.requestedHeaders) else {
            throw refused(.notAllowed, address.scope.resourceType)
        }
        return Response(.ok, headers: HTTPHeaders(match.fields.map { ($0.name, $0.value) }))
    }

    /// Adds the headers that let a page of an allowed origin read an actual answer, refusals included.
    func decorate(_ response: inout Response, for request: Request, address: Address) {
        let headers = request.head.headers
        guard let origin = headers["Origin"], request.head.method != "OPTIONS", let name = address.bucket,
            let rules = (try? store.bucket(name))?.settings.rulesOfCORS,
            let match = rules.actual(
                origin: origin,
                method: request.head.method,
                requestedMethod: headers["Access-Control-Request-Method"],
                requestedHeaders: headers.requestedHeaders
            )
        else { return }
        for field in match.fields { response.headers.add(name: field.name, value: field.value) }
    }
}

extension HeaderList {
    /// Repeated fields are one list (RFC 9110 section 5.3).
    fileprivate var requestedHeaders: String? {
        let values = values("Access-Control-Request-Headers")
        return values.isEmpty ? nil : values.joined(separator: ",")
    }
}
