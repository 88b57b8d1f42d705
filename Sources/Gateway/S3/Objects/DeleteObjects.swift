import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `POST /B?delete`: up to a thousand objects or versions, each with an outcome of its own.
struct DeleteObjects: S3OperationHandler {
    /// The most bytes of the list that are read (AWS, "DeleteObjects").
    private static let maximumDocument = 2 << 20
    /// How many are deleted at once: they share syncs.
    private static let atOnce = 16

    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let wanted = try DeleteObjectsRequest(body: await request.document(upTo: Self.maximumDocument))
        let bucket = try services.store.bucket(request.bucket)
        let bypasses = try ObjectLockHeaders.bypassesGovernance(isLocked: bucket.settings.objectLock != nil) {
            request.header($0)
        }
        let outcomes = await withTaskGroup(of: (Int, DeleteObjectsResult.Outcome).self) { group in
            var outcomes: [Int: DeleteObjectsResult.Outcome] = [:]
            for (position, entry) in wanted.entries.enumerated() {
                if position >= Self.atOnce, let (done, outcome) = await group.next() { outcomes[done] = outcome }
                group.addTask { (position, await delete(entry, request, bypassesGovernance: bypasses)) }
            }
            for await (done, outcome) in group { outcomes[done] = outcome }
            return outcomes
        }
        let result = DeleteObjectsResult(
            outcomes: wanted.entries.enumerated().compactMap { position, entry in
                outcomes[position].map { (entry: entry, outcome: $0) }
            },
            isQuiet: wanted.isQuiet
        )
        return Response(.ok, contentType: "application/xml", bytes: try result.document())
    }

    private func delete(
        _ entry: DeleteObjectsRequest.Entry,
        _ request: S3Request,
        bypassesGovernance: Bool
    ) async -> DeleteObjectsResult.Outcome {
        do {
            let target = try entry.target.get()
            try await services.authorizer.authorizeDeletion(of: request, key: target.key, version: target.version)
            let deletion = try await services.store.delete(
                target.key,
                in: request.bucket,
                DeletionRequest(
                    version: target.version,
                    precondition: target.precondition,
                    bypassesGovernance: bypassesGovernance,
                    owner: services.maker(of: request)
                )
            )
            return .deleted(marker: deletion.isDeleteMarker ? deletion.version : nil)
        } catch {
            return .failed(ErrorResponse.s3Error(error))
        }
    }
}
