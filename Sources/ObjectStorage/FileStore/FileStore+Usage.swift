import Synchronization

extension FileStore {
    /// What a bucket holds; waits for the rows of what was acknowledged.
    package func usage(of bucket: Bucket) async -> BucketUsage {
        await writer.flush()
        return writer.usage.usage(of: bucket.id)
    }

    /// Whether the bucket's index holds all of its keys.
    package func isComplete(_ bucket: Bucket) -> Bool {
        incomplete.withLock { !$0.contains(bucket.id) }
    }
}
