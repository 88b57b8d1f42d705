import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `PUT /B/K?renameObject`: gives an object another key.
///
/// The content is cloned or copied within the kernel, and the old key goes once the new one is durable, if it is still what
/// was copied. In a bucket with versioning it gets a delete marker.
struct RenameObject: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let (bucket, key) = (try request.bucket, try request.key)
        guard let value = request.header(CopySourceHeader.rename.rawValue) else {
            throw S3Error.missingSecurityHeader(CopySourceHeader.rename.rawValue)
        }
        let source = try CopySource(renameSource: value, in: bucket)
        guard source.key != key else { throw S3Error.copyOntoItselfChangesNothing }
        try await services.authorizer.authorizeSource(of: request, bucket: bucket, key: source.key, version: nil)
        try await services.authorizer.authorizeDeletion(of: request, key: source.key, version: nil)
        let (headers, now) = (request.headers, services.clock())
        let found = try await services.store.head(source.key, version: nil, in: bucket)
        try await services.authorizer.authorizeCarrying(found.attributes, of: request, from: bucket, source.key, nil)
        try CopySourcePreconditions.evaluate(
            headers,
            of: .rename,
            etag: found.etag,
            lastModified: found.modified,
            now: now
        )
        let copy = CopyRequest(
            bucket: bucket,
            key: source.key,
            version: nil,
            precondition: try WritePrecondition(putting: request.http.head.headers)
        ) { record in
            guard record.modified == found.modified, record.etag == found.etag else {
                throw S3Error.conditionalRequestConflict(condition: "x-amz-rename-source", key: source.key)
            }
            return record.attributes
        }
        _ = try await services.store.copy(copy, to: key, in: bucket)
        var deletion = DeletionRequest(owner: services.maker(of: request))
        deletion.modified = found.modified
        do {
            try await services.store.delete(source.key, in: bucket, deletion)
        } catch let error as S3Error where error.code == "PreconditionFailed" {
            // Written anew since it was renamed: that write came after.
        }
        return Response(.ok)
    }
}
