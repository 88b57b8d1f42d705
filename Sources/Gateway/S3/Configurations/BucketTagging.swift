import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `GET /B?tagging`: the bucket's tags.
struct GetBucketTagging: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let bucket = try services.bucket(of: request)
        guard let tags = bucket.settings.tags else { throw S3Error.absent(.tagging, in: bucket.name) }
        let set = try TagSet(tags.map { .init($0.key, $0.value) }, of: .bucket)
        return Response(.ok, contentType: "application/xml", bytes: try set.document())
    }
}

/// `PUT /B?tagging`: replaces the bucket's tags.
struct PutBucketTagging: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let tags = try TagSet(document: await request.configuration(), of: .bucket)
        try await services.configure(request) { $0.set(tags) }
        return Response(.noContent)
    }
}

extension BucketSettings {
    /// Replaces the tags; an empty set is none, as on AWS.
    mutating func set(_ tags: TagSet) {
        self.tags = tags.tags.isEmpty ? nil : tags.tags.map { .init(key: $0.key, value: $0.value) }
    }
}
