import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `GET /B?cors`: the CORS rules that count.
struct GetBucketCORS: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let bucket = try services.bucket(of: request)
        guard let rules = bucket.settings.rulesOfCORS else { throw S3Error.absent(.cors, in: bucket.name) }
        return Response(.ok, contentType: "application/xml", bytes: try rules.document())
    }
}

/// `PUT /B?cors`: replaces the CORS rules.
struct PutBucketCORS: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let body = try await request.document(upTo: CORSConfiguration.maximumLength)
        let rules = try CORSConfiguration(document: body)
        try await services.configure(request) { $0.cors = rules }
        return Response(.ok)
    }
}

extension BucketSettings {
    /// The CORS rules that count: those that were put, else what `cors.allowed_origins` gives to buckets made at start.
    var rulesOfCORS: CORSConfiguration? {
        if let cors { return cors }
        guard let allowedOrigins, !allowedOrigins.isEmpty else { return nil }
        return .open(to: allowedOrigins)
    }
}
