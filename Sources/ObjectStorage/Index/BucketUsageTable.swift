import Synchronization

/// What each bucket holds, by bucket id: the index's count, and what requests in flight are about to add.
final class BucketUsageTable: Sendable {
    private struct Entry {
        var counted = BucketUsage()
        var reserved = BucketUsage()

        mutating func end(_ held: BucketUsage) { reserved = reserved - held }
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

    /// Holds room for what a change adds until `release`; nil when it would go beyond the quota, then nothing is held.
    ///
    /// A change that makes neither more bytes nor more objects always has room, so that a bucket beyond its quota can
    /// be emptied. - Returns: what is held.
    func reserve(_ change: BucketUsage, of bucketID: String, within quota: BucketQuota) -> BucketUsage? {
        entries.withLock { entries in
            var entry = entries[bucketID] ?? Entry()
            let wanted = entry.counted + entry.reserved + change
            if change.bytes > 0, let most = quota.bytes, wanted.bytes > most { return nil }
            if change.objects > 0, let most = quota.objects, wanted.objects > most { return nil }
            // What is given free counts once it is gone: `hold`.
            let held = BucketUsage(bytes: max(0, change.bytes), objects: max(0, change.objects))
            entry.reserved = entry.reserved + held
            entries[bucketID] = entry
            return held
        }
    }

    /// Holds this whatever the quota says; negative for what was given free and is not counted yet.
    func hold(_ change: BucketUsage, of bucketID: String) {
        entries.withLock { entries in
            var entry = entries[bucketID] ?? Entry()
            entry.reserved = entry.reserved + change
            entries[bucketID] = entry
        }
    }

    /// Ends what was held for a change that was not made.
    func release(_ held: BucketUsage, of bucketID: String) {
        entries.withLock { $0[bucketID]?.end(held) }
    }
}
