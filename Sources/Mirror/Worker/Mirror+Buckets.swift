import ObjectStorage
import RemoteS3
import S3Protocol
import Synchronization

extension Mirror {
    /// The buckets here that are mirrored, with where to.
    var mirrored: [(bucket: Bucket, route: RemoteRoute)] {
        store.buckets().compactMap { bucket in routes.route(of: bucket.name).map { (bucket, $0) } }
    }

    /// Has the table know the buckets that are there now, and the lanes what it says of them.
    func refreshBuckets() async throws {
        // Looked at before: one that is made now may have keys before this is over.
        let known = try await table.buckets()
        let remotes = mirrored.map { ($0.bucket.id, $0.route.place) }
        try await table.setBuckets(Dictionary(remotes, uniquingKeysWith: { first, _ in first }), known: known)
        try await refreshPauses()
        wake()
    }

    /// Whether a mirrored bucket was made that the lanes do not know yet.
    var hasNewBucket: Bool {
        let known = lanes.withLock { Set($0.buckets.values.map(\.id)) }
        return !mirrored.allSatisfy { known.contains($0.bucket.id) }
    }

    /// Has the lanes know which buckets the table has, and which are paused.
    func refreshPauses() async throws {
        let known = try await table.buckets()
        lanes.withLock { $0.buckets = Dictionary(uniqueKeysWithValues: known.map { ($0.number, $0) }) }
    }

    /// The mirrored bucket of this id, with where to; nil for one that is gone or not mirrored.
    func target(_ bucketID: String) -> (bucket: Bucket, route: RemoteRoute)? {
        mirrored.first { $0.bucket.id == bucketID }
    }
}

extension RemoteRoute {
    /// Where it leads, for people: endpoint, bucket, and prefix if there is one.
    package var place: String {
        let prefix = names.prefix.isEmpty ? "" : "/" + String(decoding: names.prefix, as: UTF8.self)
        return "\(client.endpoint.text)/\(names.remote)\(prefix)"
    }
}
