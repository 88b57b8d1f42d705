import NIOCore
import ObjectStorage
import RemoteS3
import S3Protocol

extension S3Services {
    /// The longest list of buckets that is read.
    private static let maximumBuckets = 16 << 20

    /// The buckets of the remote that all buckets without a route of their own are in; none when there is no such remote.
    ///
    /// - Throws: `RemoteError` when it does not answer, the remote's refusal.
    func remoteBuckets() async throws -> [Bucket] {
        guard let client = remote.standard else { return [] }
        let answer = try await client.perform(RemoteRequest("GET"))
        guard answer.status == 200 else {
            let refusal = answer.refusal
            throw S3Error.badGateway("the remote does not list its buckets: \(refusal?.code ?? "\(answer.status)")")
        }
        let bytes = try await answer.collect(upTo: Self.maximumBuckets, from: client.endpoint.text)
        let root = try XMLNode.parse(Array(bytes.readableBytesView), limits: RemoteDocument.limits)
        let known = Set(store.buckets().map(\.name))
        return (root["Buckets"]?.all("Bucket") ?? []).compactMap { node in
            guard let name = (node["Name"]?.text).flatMap({ try? BucketName($0) }), !known.contains(name),
                remote.route(of: name) != nil
            else { return nil }
            return Bucket(
                name: name,
                id: RemoteRecord.bucketID,
                owner: ownerID,
                created: Timestamp(iso8601: node["CreationDate"]?.text ?? "") ?? Timestamp(seconds: 0),
                settings: BucketSettings()
            )
        }
    }
}
