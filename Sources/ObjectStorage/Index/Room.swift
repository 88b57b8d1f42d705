import Synchronization

/// What one request has reserved of a bucket's quota.
final class Room: Sendable {
    private let usage: BucketUsageTable
    let bucketID: String
    private let taken = Mutex(BucketUsage())

    init(usage: BucketUsageTable, bucketID: String) {
        self.usage = usage
        self.bucketID = bucketID
    }

    /// Reserves room for a change; false when the quota has none.
    func take(_ change: BucketUsage, within quota: BucketQuota) -> Bool {
        guard let held = usage.reserve(change, of: bucketID, within: quota) else { return false }
        taken.withLock { $0 = held }
        return true
    }

    /// The change was made: what it gave free can be used at once, though the index counts it a little later.
    func settle(_ change: BucketUsage) {
        let rest = taken.withLock { taken in
            defer { taken = change }
            return change - taken
        }
        usage.hold(rest, of: bucketID)
    }

    /// Gives back what was taken and is not counted by the index: the change was not made.
    func release() {
        usage.release(takeAll(), of: bucketID)
    }

    /// What was taken, which is the caller's to give back from now on.
    func takeAll() -> BucketUsage {
        taken.withLock { taken in
            defer { taken = BucketUsage() }
            return taken
        }
    }
}
