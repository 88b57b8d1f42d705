import S3Protocol
import Synchronization

/// All buckets, in memory.
final class BucketRegistry: Sendable {
    private let buckets: Mutex<[BucketName: Bucket]>

    init(_ buckets: [Bucket]) {
        self.buckets = Mutex(Dictionary(buckets.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
    }

    /// The bucket of this name; throws `NoSuchBucket`.
    func bucket(_ name: BucketName) throws(S3Error) -> Bucket {
        guard let bucket = find(name) else { throw .noSuchBucket(name) }
        return bucket
    }

    /// The bucket of this name, if there is one.
    func find(_ name: BucketName) -> Bucket? {
        // Looked up behind the lock, which every request takes several times: it is held for one reference.
        let buckets = buckets.withLock { $0 }
        return buckets[name]
    }

    /// The bucket of this id, if there is one.
    func find(id: String) -> Bucket? {
        buckets.withLock { $0.values.first { $0.id == id } }
    }

    /// All of them in byte order of their names.
    var all: [Bucket] {
        buckets.withLock { Array($0.values) }.sorted { $0.name < $1.name }
    }

    /// Adds a bucket or replaces it.
    func set(_ bucket: Bucket) {
        buckets.withLock { $0[bucket.name] = bucket }
    }

    /// Removes a bucket.
    func remove(_ name: BucketName) {
        buckets.withLock { _ = $0.removeValue(forKey: name) }
    }
}
