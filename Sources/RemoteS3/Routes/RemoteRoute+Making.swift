import NIOCore
import S3Protocol

extension RemoteRoute {
    /// Makes the bucket at the remote unless it is there.
    ///
    /// - Throws: `RemoteError` when the remote does not answer, or refuses.
    package func makeBucket() async throws {
        let found = try await client.perform(RemoteRequest("HEAD", bucket: names.remote))
        guard found.status == 404 else { return }
        let region = client.endpoint.region
        var request = RemoteRequest("PUT", bucket: names.remote)
        if region != BucketLocation.classic {
            request.payload = .bytes(ByteBuffer(bytes: try BucketLocation.constraintDocument(region: region)))
        }
        let made = try await client.perform(request)
        guard made.status == 200 || made.status == 409 else {
            throw RemoteError(.invalidConfiguration, "the remote answers \(made.refusal?.code ?? "\(made.status)")")
        }
    }
}
