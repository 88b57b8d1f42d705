import S3Protocol

extension ObjectFiles {
    /// A key in a bucket, and how its changes are made durable.
    final class Target: Sendable {
        /// The key.
        let key: ObjectKey
        /// The bucket's name.
        let bucket: BucketName
        /// The bucket's id.
        let bucketID: String
        /// Whether a change of it waits for the disk.
        let durability: Durability
        /// The key's natural place, if it has one.
        let natural: KeyPlace?
        fileprivate let hash: Int

        init(key: ObjectKey, bucket: BucketName, bucketID: String, durability: Durability) {
            self.key = key
            self.bucket = bucket
            self.bucketID = bucketID
            self.durability = durability
            natural = KeyPlace.natural(key, bucket: bucket)
            var hasher = Hasher()
            hasher.combine(key)
            hasher.combine(bucketID)
            hash = hasher.finalize()
        }

        /// The key's escaped place.
        var escaped: KeyPlace { KeyPlace.escaped(key, bucketID: bucketID) }
        /// The line that announces a change of it.
        var line: IntentLine { IntentLine(bucketID: bucketID, key: key) }
    }
}

// The name of a lock: key and bucket, whatever else the bucket's settings say at the time.
extension ObjectFiles.Target: Hashable {
    static func == (left: ObjectFiles.Target, right: ObjectFiles.Target) -> Bool {
        left.hash == right.hash && left.key == right.key && left.bucketID == right.bucketID
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(hash)
    }
}

extension ObjectFiles.Target: Comparable {
    /// The order in which several of them are locked.
    static func < (left: ObjectFiles.Target, right: ObjectFiles.Target) -> Bool {
        (left.bucketID, left.key) < (right.bucketID, right.key)
    }
}
