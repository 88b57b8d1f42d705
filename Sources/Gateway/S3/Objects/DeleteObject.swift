import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `DELETE /B/K`: removes an object, puts a delete marker before it, or removes a version; what is absent is success.
struct DeleteObject: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let isLocked = try services.store.bucket(request.bucket).settings.objectLock != nil
        let deletion = try await services.store.delete(
            request.key,
            in: request.bucket,
            DeletionRequest(
                version: request.versionID,
                precondition: WritePrecondition(deleting: request.http.head.headers),
                bypassesGovernance: ObjectLockHeaders.bypassesGovernance(isLocked: isLocked) { request.header($0) },
                owner: services.maker(of: request)
            )
        )
        var headers = HTTPHeaders()
        if let version = deletion.version { headers.add(name: "x-amz-version-id", value: version.text) }
        if deletion.isDeleteMarker { headers.add(name: "x-amz-delete-marker", value: "true") }
        return Response(.noContent, headers: headers)
    }
}
