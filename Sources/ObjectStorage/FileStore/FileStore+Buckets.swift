import Synchronization
package import S3Protocol

extension FileStore: BucketStore {
    /// Makes a bucket; takes over a directory of that name, and what lies in it becomes objects.
    package func createBucket(_ name: BucketName, owner: String, settings: BucketSettings) async throws -> Bucket {
        try await createBucket(name, owner: owner, settings: settings, created: clock())
    }

    /// Makes a bucket as `createBucket(_:owner:settings:)` does, with a date of its own.
    package func createBucket(
        _ name: BucketName,
        owner: String,
        settings: BucketSettings,
        created: Timestamp
    ) async throws -> Bucket {
        try root.checkWritable()
        let (bucket, ticket, needsScan) = try await bucketLocks.withLock(name, .exclusive) {
            if let existing = registry.find(name) {
                throw existing.owner == owner ? S3Error.bucketAlreadyOwnedByYou(name) : .bucketAlreadyExists(name)
            }
            let bucket = Bucket(name: name, id: Nonce.make(), owner: owner, created: created, settings: settings)
            let wasThere = try await pool.run { [self] in
                let wasThere = try bucketFiles.makeDirectory(name)
                try bucketFiles.write(bucket)
                return wasThere
            }
            root.watcher?.watch(KeyPlace.bucketDirectory(name))
            if wasThere { incomplete.withLock { _ = $0.insert(bucket.id) } }
            registry.set(bucket)
            return (bucket, writer.enqueue(.reset(bucketID: bucket.id, isComplete: !wasThere)), wasThere)
        }
        let isWritten = await ticket.wait()
        if needsScan || !isWritten {
            incomplete.withLock { _ = $0.insert(bucket.id) }
            startRebuild(of: bucket)
        }
        try root.checkWritable()
        return bucket
    }

    /// The bucket of this name, from memory.
    package func bucket(_ name: BucketName) throws -> Bucket {
        try registry.bucket(name)
    }

    /// All buckets in byte order of their names, from memory.
    package func buckets() -> [Bucket] {
        registry.all
    }

    /// Replaces the settings of a bucket as a whole.
    package func updateBucket(
        _ name: BucketName,
        _ transform: @escaping @Sendable (inout BucketSettings) throws -> Void
    ) async throws -> Bucket {
        try root.checkWritable()
        return try await bucketLocks.withLock(name, .exclusive) {
            var bucket = try registry.bucket(name)
            try transform(&bucket.settings)
            let changed = bucket
            try await pool.run { [self] in try bucketFiles.write(changed) }
            registry.set(changed)
            try root.checkWritable()
            return changed
        }
    }

    /// Removes an empty bucket; never an object.
    package func deleteBucket(_ name: BucketName) async throws {
        try root.checkWritable()
        let ticket = try await bucketLocks.withLock(name, .exclusive) {
            let bucket = try registry.bucket(name)
            try await pool.run { [self] in try bucketFiles.remove(bucket) { forget(bucket) } }
            for upload in uploads.removeAll(bucketID: bucket.id) { sweepLater(upload) { try $0.sweep(upload.id) } }
            return writer.enqueue(.drop(bucketID: bucket.id))
        }
        await ticket.wait()
        try root.checkWritable()
    }

    private func forget(_ bucket: Bucket) {
        registry.remove(bucket.name)
        files.escapedBuckets.remove(bucket.id)
        files.versionedBuckets.remove(bucket.id)
        incomplete.withLock { _ = $0.remove(bucket.id) }
    }
}
