package import S3Protocol

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
        try await withIntent(target) {
            let ticket = try await withKeyLocked(target) {
                try await pool.run { [self] in try removeCurrent(target, if: precondition) }
                return writer.enqueue(.remove(key, bucketID: target.bucketID))
            }
            await ticket.wait()
            try root.checkWritable()
        }
    }

    /// Gives a prepared object its name and its row; needs its intent on disk.
    func publish(
        _ prepared: PreparedObject,
        as target: ObjectFiles.Target,
        if precondition: WritePrecondition
    ) async throws -> ObjectRecord {
        let (record, ticket) = try await withKeyLocked(target) {
            let record = try await pool.run { [self] in try place(prepared, target, precondition) }
            return (record, writer.enqueue(.put(IndexRow(record), bucketID: target.bucketID)))
        }
        await ticket.wait()
        try root.checkWritable()
        return record
    }

    // MARK: Under the key's lock, on the blocking pool

    private func place(
        _ prepared: PreparedObject,
        _ target: ObjectFiles.Target,
        _ precondition: WritePrecondition
    ) throws -> ObjectRecord {
        let found = try checkedFiles(target, precondition)
        let file = try prepared.file()
        var record = prepared.record
        let last = found.current == nil ? lastSequenceInIndex(target) : found.lastSequence
        if last >= record.sequence {
            record.sequence = last + 1
            try files.records.rewriteSequence(of: record, sidecar: prepared.sidecar, in: file.descriptor)
            try root.sync(file.descriptor, "an upload")
        }
        try files.removeLoser(found, target)
        _ = try files.publish(file, as: target, over: found.current) { prepared.markPublished() }
        files.discardSidecar(of: found.current, target)
        return record
    }

    private func removeCurrent(_ target: ObjectFiles.Target, if precondition: WritePrecondition) throws {
        let found = try checkedFiles(target, precondition)
        try files.removeLoser(found, target)
        guard let current = found.current else { return }
        try files.remove(current)
        files.discardSidecar(of: current, target)
        // The object is gone; directories that stay do no harm.
        try? root.removeEmptyDirectories(from: current.place.directory)
    }

    /// The files of a key after the precondition has held against the current one.
    private func checkedFiles(
        _ target: ObjectFiles.Target,
        _ precondition: WritePrecondition
    ) throws -> FoundFiles {
        try root.checkWritable()
        var found = try files.findBoth(target)
        if case .ifMatches = precondition, let current = found.current, current.record == nil {
            try files.adopt(current, target, lastSequence: found.lastSequence, clock: clock)
            found = try files.findBoth(target)
        }
        // A file without a record is there, whatever its tag is: only `ifMatches` looks at that.
        try precondition.check(current: found.current.map { $0.record?.etag ?? ETag("") }, key: target.key)
        return found
    }

    private func lastSequenceInIndex(_ target: ObjectFiles.Target) -> Int64 {
        // An index that cannot be read is rebuilt from the files; no write waits for it.
        ((try? index.row(of: target.key, bucketID: target.bucketID)) ?? nil)?.sequence ?? 0
    }
}
