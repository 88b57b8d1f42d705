package import S3Protocol
import Synchronization

extension FileStore {
    /// Begins an upload; nothing touches the disk before there is more than fits in memory.
    package func beginUpload(
        of key: ObjectKey,
        to bucket: BucketName,
        digests: ContentDigests
    ) async throws -> any ObjectUpload {
        try root.checkWritable()
        return FileUpload(store: self, target: try target(key, in: bucket), digests: digests)
    }

    /// Removes the current version; an absent key is success.
    package func delete(_ key: ObjectKey, in bucket: BucketName, precondition: WritePrecondition) async throws {
        let target = try target(key, in: bucket)
        try await change(target, prepare: { _ in }) { [self] in
            let room = Room(usage: writer.usage, bucketID: target.bucketID)
            if let size = try removeCurrent(target, if: precondition) {
                room.settle(BucketUsage(bytes: -size, objects: -1))
            }
            return Applied(value: (), row: .remove(key, bucketID: target.bucketID), room: room)
        }
    }

    /// Gives a prepared object its name; under the key's lock and on the blocking pool.
    func publish(
        _ prepared: PreparedObject,
        as target: ObjectFiles.Target,
        if precondition: WritePrecondition
    ) throws -> Applied<ObjectRecord> {
        let room = Room(usage: writer.usage, bucketID: target.bucketID)
        defer { if !prepared.release() { writer.keepFailures([target.line]) } }
        do {
            let record = try place(prepared, target, precondition, room)
            return Applied(value: record, row: .put(IndexRow(record), bucketID: target.bucketID), room: room)
        } catch {
            room.release()
            throw error
        }
    }

    // MARK: Under the key's lock, on the blocking pool

    private func place(
        _ prepared: PreparedObject,
        _ target: ObjectFiles.Target,
        _ precondition: WritePrecondition,
        _ room: Room
    ) throws -> ObjectRecord {
        let found = try checkedFiles(target, precondition)
        try checkQuota(prepared.record, over: found.current, target, room)
        let file = try prepared.file()
        var record = prepared.record
        if found.lastSequence >= record.sequence {
            record.sequence = sequences.next(clock(), after: found.lastSequence)
            try files.records.rewriteSequence(of: record, sidecar: prepared.sidecar, in: file.descriptor)
            try root.sync(file.descriptor, "an upload", target.durability)
        }
        var isTidy = try files.removeLoser(found, target)
        _ = try files.publish(file, as: target, over: found.current) { prepared.markPublished() }
        files.records.forget(found.current?.attribute)
        isTidy = files.discardSidecar(of: found.current, target) && isTidy
        if !isTidy { writer.keepFailures([target.line]) }
        room.settle(Self.change(to: record, from: found.current))
        return record
    }

    /// What a write adds to its bucket.
    private static func change(to record: ObjectRecord, from current: FoundFile?) -> BucketUsage {
        BucketUsage(bytes: record.size - (current?.facts.size ?? 0), objects: current == nil ? 1 : 0)
    }

    /// Throws when the bucket has no room for the object in the place of the one that is there.
    private func checkQuota(
        _ record: ObjectRecord,
        over current: FoundFile?,
        _ target: ObjectFiles.Target,
        _ room: Room
    ) throws {
        guard let quota = registry.find(target.bucket)?.settings.quota else { return }
        guard !incomplete.withLock({ $0.contains(target.bucketID) }) else {
            throw S3Error.slowDown(retryAfter: 2).because("the bucket has a quota, and its index is being rebuilt")
        }
        guard room.take(Self.change(to: record, from: current), within: quota) else {
            throw S3Error.quotaExceeded.because(
                quota.description(of: target.bucket, writer.usage.usage(of: target.bucketID))
            )
        }
    }

    /// Returns the size of what was removed, nil when there was nothing.
    private func removeCurrent(_ target: ObjectFiles.Target, if precondition: WritePrecondition) throws -> Int64? {
        let found = try checkedFiles(target, precondition)
        var isTidy = try files.removeLoser(found, target)
        defer { if !isTidy { writer.keepFailures([target.line]) } }
        guard let current = found.current else { return nil }
        try files.remove(current, target.durability)
        isTidy = files.discardSidecar(of: current, target) && isTidy
        // The object is gone; directories that stay do no harm.
        try? root.removeEmptyDirectories(from: current.place.directory)
        return current.facts.size
    }

    /// The files of a key after the precondition has held against the current one.
    private func checkedFiles(
        _ target: ObjectFiles.Target,
        _ precondition: WritePrecondition
    ) throws -> FoundFiles {
        try root.checkWritable()
        var found = try files.findBoth(target)
        if case .ifMatches = precondition, let current = found.current, current.record == nil {
            try files.adopt(current, target, sequence: sequences.next(clock(), after: found.lastSequence))
            found = try files.findBoth(target)
        }
        // A file without a record is there, whatever its tag is: only `ifMatches` looks at that.
        try precondition.check(current: found.current.map { $0.record?.etag ?? ETag("") }, key: target.key)
        return found
    }
}
