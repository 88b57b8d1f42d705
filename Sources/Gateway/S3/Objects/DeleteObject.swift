import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `DELETE /B/K`: removes an object; an absent one is success.
struct DeleteObject: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        if let version = try request.versionID, version != .null {
            throw S3Error.noSuchVersion(try request.key, version: version)
        }
        try await services.store.delete(
            request.key,
            in: request.bucket,
            precondition: WritePrecondition(deleting: request.http.head.headers)
        )
        return Response(.noContent)
    }
}
