import Synchronization

/// Which buckets have a directory of one kind at all, such as that of escaped files; most have none, and then a look
/// into it is spared.
///
/// What somebody puts there by hand while the server runs is found by the next walk.
final class BucketDirectories: Sendable {
    private let root: StorageRoot
    private let path: @Sendable (_ bucketID: String) -> String
    private let known = Mutex<[String: Bool]>([:])

    /// The directories at `path` below the root.
    init(root: StorageRoot, path: @escaping @Sendable (_ bucketID: String) -> String) {
        self.root = root
        self.path = path
    }

    /// Whether the bucket may have one; asks the file system the first time.
    func contains(_ bucketID: String) throws -> Bool {
        if let answer = known.withLock({ $0[bucketID] }) { return answer }
        let isThere = try root.directory.facts(ofPath: path(bucketID)) != nil
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
