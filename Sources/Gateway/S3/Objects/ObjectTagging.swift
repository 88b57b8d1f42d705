import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `GET /B/K?tagging`: an object's tags.
struct GetObjectTagging: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let record: ObjectRecord
        do {
            record = try await services.store.head(request.key, version: request.versionID, in: request.bucket)
        } catch let error as S3Error {
            throw error.ofHiddenObject
        }
        let tags = try TagSet(record.attributes.tags.map { .init($0.key, $0.value) }, of: .object)
        return Response(
            .ok,
            contentType: "application/xml",
            bytes: try tags.document(),
            headers: record.readVersionHeader(isVersioned: services.isVersioned(try request.bucket))
        )
    }
}

/// `PUT /B/K?tagging`: replaces an object's tags.
struct PutObjectTagging: S3OperationHandler {
    /// The most bytes of a Tagging document that are read.
    private static let maximumDocument = 64 << 10

    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let tags = try TagSet(document: await request.document(upTo: Self.maximumDocument), of: .object)
        return try await services.replaceTags(of: request, with: tags, answering: .ok)
    }
}

/// `DELETE /B/K?tagging`: removes an object's tags.
struct DeleteObjectTagging: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        try await services.replaceTags(of: request, with: .empty, answering: .noContent)
    }
}

extension S3Services {
    fileprivate func replaceTags(
        of request: S3Request,
        with tags: TagSet,
        answering status: HTTPResponseStatus
    ) async throws -> Response {
        let record = try await store.updateAttributes(
            of: request.key,
            version: request.versionID,
            in: request.bucket
        ) { $0.tags = tags.tags.map { .init(key: $0.key, value: $0.value) } }
        return Response(status, headers: record.readVersionHeader(isVersioned: isVersioned(try request.bucket)))
    }
}
