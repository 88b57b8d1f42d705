package import S3Protocol

/// Who is told which keys were changed, whatever changed them: requests, lifecycle rules, files put by hand.
///
/// What was told and what has an intent are together all that was ever acknowledged: an intent goes only after `flush`.
package protocol ChangeFeed: Sendable {
    /// These keys may be other than before; called on a thread of the store, so it only takes note.
    func changed(_ changes: [KeyChange])

    /// The store was opened and is about to tell of all keys with intents, the oldest of which are in this segment.
    ///
    /// What was changed before and is not kept since the last `flush` was never told.
    func resume(from segment: Int64)

    /// Returns when all that was told before is kept on disk, which is everything with intents in older segments.
    ///
    /// - Throws: when it cannot be; the intents stay then, and it is asked again.
    func flush(upTo segment: Int64) async throws
}

/// A key that may be other than before.
package struct KeyChange: Sendable, Equatable {
    /// The bucket's name.
    package let bucket: BucketName
    /// The bucket's id.
    package let bucketID: String
    /// The key.
    package let key: ObjectKey
    /// The bytes of its current content; nil when that is not known, 0 when there is none.
    package let size: Int64?

    /// A change of this key.
    package init(bucket: BucketName, bucketID: String, key: ObjectKey, size: Int64? = nil) {
        self.bucket = bucket
        self.bucketID = bucketID
        self.key = key
        self.size = size
    }
}

extension KeyChange {
    /// The change that a row makes known; nil when the bucket is gone, or when it is about no key.
    init?(_ change: IndexChange, _ registry: BucketRegistry) {
        guard let line = change.line, let bucket = registry.find(id: line.bucketID) else { return nil }
        self.init(bucket: bucket.name, bucketID: bucket.id, key: line.key, size: change.size)
    }
}

extension IndexChange {
    /// The bytes of the key's current content after it, as far as it says that.
    fileprivate var size: Int64? {
        switch self {
        case .put(let row, _): row.size
        case .remove: 0
        case .update(let update):
            switch update.current {
            case .keep: nil
            case .set(let row): row.size
            case .remove: 0
            }
        default: nil
        }
    }
}
