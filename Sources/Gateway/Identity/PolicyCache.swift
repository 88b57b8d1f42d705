import S3Protocol
import Synchronization

/// The policies of buckets, read once for each text; bounded, the oldest goes first.
final class PolicyCache: Sendable {
    private struct Entry {
        let text: String
        let policy: AccessPolicy
    }

    private struct State {
        var entries: [BucketName: Entry] = [:]
        var order: [BucketName] = []
        var oldest = 0

        mutating func keep(_ entry: Entry, of bucket: BucketName, capacity: Int) {
            let known = entries.updateValue(entry, forKey: bucket) != nil
            guard !known else { return }
            if order.count < capacity {
                order.append(bucket)
            } else {
                entries[order[oldest]] = nil
                order[oldest] = bucket
                oldest = (oldest + 1) % capacity
            }
        }
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// A cache of the policies of at most `capacity` buckets.
    init(capacity: Int = 256) {
        precondition(capacity > 0, "a cache without room")
        self.capacity = capacity
    }

    /// How many policies are held.
    var count: Int { state.withLock { $0.entries.count } }

    /// The policy of this text on a bucket.
    ///
    /// - Throws: `MalformedPolicy`.
    func policy(_ text: String, of bucket: BucketName) throws(S3Error) -> AccessPolicy {
        let entry = state.withLock { $0.entries[bucket] }
        if let entry, ByteText.equal(entry.text, text) { return entry.policy }
        let policy = AccessPolicy(try Policy(bucketPolicy: Array(text.utf8), bucket: bucket))
        state.withLock { $0.keep(Entry(text: text, policy: policy), of: bucket, capacity: capacity) }
        return policy
    }
}
