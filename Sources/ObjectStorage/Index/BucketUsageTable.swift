import Synchronization

/// What each bucket holds, by bucket id: the index's count, and what requests in flight are about to add.
final class BucketUsageTable: Sendable {
    private struct Entry {
        var counted = BucketUsage()
        var reserved = BucketUsage()

        mutating func end(_ change: BucketUsage) { reserved = reserved - change.increase }
    }

    private let entries: Mutex<[String: Entry]>

    /// The counts that the index begins with.
    init(_ counted: [String: BucketUsage]) {
        entries = Mutex(counted.mapValues { Entry(counted: $0) })
    }

    /// What the index counts.
    func usage(of bucketID: String) -> BucketUsage {
        entries.withLock { $0[bucketID]?.counted ?? BucketUsage() }
    }

    /// The index counts this now, what was reserved by these requests included.
    func set(_ usage: [String: BucketUsage], ending rooms: [Room]) {
        let ended = rooms.map { ($0.bucketID, $0.takeAll()) }
        entries.withLock { entries in
            for (id, counted) in usage { entries[id, default: Entry()].counted = counted }
            for (id, change) in ended { entries[id]?.end(change) }
        }
    }

    /// Holds room for a change until `release`; false when it would go beyond the quota, then nothing is held.
    ///
    /// A change that makes neither more bytes nor more objects always has room, so that a bucket beyond its quota can
    /// be emptied.
    func reserve(_ change: BucketUsage, of bucketID: String, within quota: BucketQuota) -> Bool {
        entries.withLock { entries in
            var entry = entries[bucketID] ?? Entry()
            let wanted = entry.counted + entry.reserved + change
            if change.bytes > 0, let most = quota.bytes, wanted.bytes > most { return false }
            if change.objects > 0, let most = quota.objects, wanted.objects > most { return false }
            // What is given free counts only once it is gone.
            entry.reserved = entry.reserved + change.increase
            entries[bucketID] = entry
            return true
        }
    }

    /// Ends a reservation of a change that was not made.
    func release(_ change: BucketUsage, of bucketID: String) {
        entries.withLock { $0[bucketID]?.end(change) }
    }
}

extension BucketUsage {
    fileprivate var increase: BucketUsage { BucketUsage(bytes: max(0, bytes), objects: max(0, objects)) }
}
