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
        guard usage.reserve(change, of: bucketID, within: quota) else { return false }
        taken.withLock { $0 = change }
        return true
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
