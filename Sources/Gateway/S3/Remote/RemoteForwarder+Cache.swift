import RemoteS3
import S3Protocol

extension RemoteForwarder {
    /// Parts of an upload are no object yet.
    private static let ofUploads: Set<S3Operation> = [
        .createMultipartUpload, .uploadPart, .uploadPartCopy, .abortMultipartUpload,
    ]
    private static let reading = ["GET", "HEAD", "OPTIONS"]

    /// Sends on what a request asks of the remote; copies of what it may change go when it is done.
    ///
    /// That is when the answer is there to its end: its head may come long before.
    ///
    /// - Parameter others: The keys that it may change beside the one that it names.
    func perform(
        _ remote: RemoteRequest,
        body: RemoteBody? = nil,
        for request: S3Request,
        by route: RemoteRoute,
        others: [ObjectKey] = []
    ) async throws -> RemoteResponse {
        guard let cache = route.cache, Self.mayChange(request) else {
            return try await route.client.perform(remote, body: body)
        }
        let work = {
            let answer = try await route.client.perform(remote, body: body)
            return try await answer.collected(upTo: RemoteDocument.limits.bytes, from: route.client.endpoint.text)
        }
        let keys = (request.address.key.map { [$0] } ?? []) + others
        guard !keys.isEmpty else { return try await cache.changing(bucketOf: route, work) }
        return try await cache.changing(keys.map { key throws(S3Error) in try CachePlace(key, by: route) }, work)
    }

    private static func mayChange(_ request: S3Request) -> Bool {
        let head = request.http.head
        // SelectObjectContent reads, and may answer with more than fits in memory.
        return !reading.contains(head.method) && !ofUploads.contains(request.operation) && !head.target.has("select")
    }
}
