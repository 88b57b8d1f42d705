import RemoteS3
import S3Protocol

extension RemoteForwarder {
    /// Parts of an upload are no object yet.
    private static let ofUploads: Set<S3Operation> = [
        .createMultipartUpload, .uploadPart, .uploadPartCopy, .abortMultipartUpload,
    ]
    private static let reading = ["GET", "HEAD", "OPTIONS"]

    /// Sends on what a request asks of the remote; copies of what it may change go.
    ///
    /// - Parameter others: The keys that it may change beside the one that it names.
    func changing<Value>(
        _ request: S3Request,
        by route: RemoteRoute,
        others: [ObjectKey] = [],
        _ work: () async throws -> Value
    ) async throws -> Value {
        guard let cache = route.cache, !Self.reading.contains(request.http.head.method),
            !Self.ofUploads.contains(request.operation)
        else { return try await work() }
        let keys = (request.address.key.map { [$0] } ?? []) + others
        guard !keys.isEmpty else { return try await cache.changing(bucketOf: route, work) }
        return try await cache.changing(keys.map { key throws(S3Error) in try CachePlace(key, by: route) }, work)
    }
}
