import ObjectStorage
package import S3Protocol
import Synchronization

extension Mirror {
    /// Has keys tried at once that failed, are in conflict or wait for a further try; gives how many.
    ///
    /// `overwrites` lets the objects here win over what others put to the remote.
    ///
    /// - Throws: `NoSuchBucket` for a bucket that is not mirrored.
    package func retry(_ name: BucketName?, key: ObjectKey?, overwrites: Bool) async throws -> Int {
        let chosen = try chosen(name)
        var count = 0
        for (bucket, _) in chosen {
            count += try await table.retry(bucketID: bucket.id, key: key, overwrites: overwrites, at: clock())
        }
        lanes.withLock { $0.rests = [:] }
        wake()
        return count
    }

    /// Begins nothing any more for a bucket, or for all that there are, or goes on; a restart changes nothing about it.
    ///
    /// - Throws: `NoSuchBucket` for a bucket that is not mirrored.
    package func pause(_ isPaused: Bool, _ name: BucketName?) async throws {
        let chosen = try chosen(name)
        try await refreshBuckets()
        for (bucket, _) in chosen { try await table.pause(isPaused, bucketID: bucket.id) }
        try await refreshPauses()
        wake()
    }
}
