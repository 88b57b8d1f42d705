import Synchronization

/// Which buckets have escaped files at all; most have none, and then a look for one is spared.
///
/// What somebody puts below `escaped/` by hand while the server runs is found by the next walk.
final class EscapedBuckets: Sendable {
    private let root: StorageRoot
    private let known = Mutex<[String: Bool]>([:])

    init(root: StorageRoot) {
        self.root = root
    }

    /// Whether the bucket may have escaped files; asks the file system the first time.
    func contains(_ bucketID: String) throws -> Bool {
        if let answer = known.withLock({ $0[bucketID] }) { return answer }
        let isThere = try root.directory.facts(ofPath: KeyPlace.escapedDirectory(bucketID)) != nil
        // Another request may have put the first one there meanwhile: that stands.
        return known.withLock { known in
            let answer = isThere || known[bucketID] == true
            known[bucketID] = answer
            return answer
        }
    }

    /// The bucket has one now, or is about to.
    func insert(_ bucketID: String) {
        known.withLock { $0[bucketID] = true }
    }

    /// The bucket is gone.
    func remove(_ bucketID: String) {
        known.withLock { $0[bucketID] = nil }
    }
}
