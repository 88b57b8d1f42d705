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

    /// The id of a version that is about to be made; decided anew under the key's lock.
    func newVersion(of target: ObjectFiles.Target, _ sequence: Int64) -> VersionID {
        versioning(of: target) == .enabled ? .make(sequence) : .null
    }

    /// Whether the key's bucket keeps versions; nil when that was never set.
    func versioning(of target: ObjectFiles.Target) -> BucketVersioning? {
        registry.find(target.bucket)?.settings.versioning
    }

    // MARK: Under the key's lock, on the blocking pool

    /// Gives a prepared object its name.
    ///
    /// `onPublished` is called once that is durable, the key still locked.
    func publish(
        _ prepared: PreparedObject,
        as target: ObjectFiles.Target,
        if precondition: WritePrecondition,
        onPublished: () throws -> Void = {}
    ) throws -> Applied<ObjectRecord> {
        let room = Room(usage: writer.usage, bucketID: target.bucketID)
        defer { if !prepared.release() { writer.keepFailures([target.line]) } }
        do {
            let (record, row) = try place(prepared, target, precondition, room)
            try onPublished()
            return Applied(value: record, row: row, room: room)
        } catch {
            room.release()
            throw error
        }
    }

    private func place(
        _ prepared: PreparedObject,
        _ target: ObjectFiles.Target,
        _ precondition: WritePrecondition,
        _ room: Room
    ) throws -> (ObjectRecord, IndexChange) {
        if let placed = try placeAsNew(prepared, target, precondition, room) { return placed }
        let found = try checkedFiles(target, precondition)
        let record = try settledOrder(of: prepared, target, after: lastSequence(found, target))
        let kept = keptVersion(found.current, target, whenReplacedBy: record.version)
        if kept == nil { try checkUnlocked(found.current?.record, bypassesGovernance: false) }
        let change = Self.change(to: record, from: found.current, isKept: kept != nil)
        try checkQuota(change, target, room)
        // Looked up first: nothing may fail behind the publication.
        let replaced = record.version == .null ? try files.version(.null, of: target) : nil
        var update = KeyUpdate(key: target.key, bucketID: target.bucketID)
        var isTidy = try removeLoser(found, target, &update)
        if let current = found.current, let kept {
            try files.keep(current, kept, target)
            update.added.append(IndexRow(kept))
        }
        _ = try files.publish(prepared.file(), as: target, over: found.current) { prepared.markPublished() }
        files.records.forget(found.current?.attribute)
        if kept == nil { isTidy = files.discardSidecar(of: found.current, target) && isTidy }
        isTidy = removeNullVersion(replaced, target, &update) && isTidy
        if !isTidy { writer.keepFailures([target.line]) }
        room.settle(change)
        return (record, Self.row(record, update))
    }

    /// Gives a prepared object a name that nothing has, as most keys are new; nil, with nothing done, when the files of
    /// the key have to be looked at: there is something, or what is not there matters for more than its absence.
    private func placeAsNew(
        _ prepared: PreparedObject,
        _ target: ObjectFiles.Target,
        _ precondition: WritePrecondition,
        _ room: Room
    ) throws -> (ObjectRecord, IndexChange)? {
        let record = prepared.record
        guard record.version == .null, try isAbsenceAll(target, precondition) else { return nil }
        try root.checkWritable()
        let isPlaced = try files.publishIfNew(prepared.file(), as: target) { prepared.markPublished() }
        guard isPlaced else { return nil }
        room.settle(BucketUsage(bytes: record.size, objects: 1))
        return (record, .put(IndexRow(record), bucketID: target.bucketID))
    }

    /// The record of a prepared file as it is to be published: its place in the order, and its version, may have
    /// changed since it was written.
    func settledOrder(
        of prepared: PreparedObject,
        _ target: ObjectFiles.Target,
        after last: Int64
    ) throws -> ObjectRecord {
        let (written, isEnabled) = (prepared.record, versioning(of: target) == .enabled)
        let isVersionRight = prepared.keepsVersion || isEnabled == (written.version != .null)
        guard last >= written.sequence || !isVersionRight else { return written }
        var record = written
        if last >= record.sequence {
            record.sequence = sequences.next(clock(), after: last)
            // The id tells the order, too.
            if !prepared.keepsVersion, record.version != .null { record.version = .make(record.sequence) }
        }
        if !isVersionRight { record.version = isEnabled ? .make(record.sequence) : .null }
        let file = try prepared.file()
        try files.records.rewriteOrder(of: record, sidecar: prepared.sidecar, in: file.descriptor)
        try root.sync(file.descriptor, "an upload", target.durability)
        return record
    }

    /// The highest sequence of a key: a delete marker may be newer than anything in the current places.
    func lastSequence(_ found: FoundFiles, _ target: ObjectFiles.Target) throws -> Int64 {
        guard found.current == nil else { return found.lastSequence }
        return max(found.lastSequence, try files.newestVersion(of: target)?.record?.sequence ?? 0)
    }

    /// The record of the current version when it stays as a noncurrent one.
    func keptVersion(
        _ current: FoundFile?,
        _ target: ObjectFiles.Target,
        whenReplacedBy version: VersionID
    ) -> ObjectRecord? {
        guard let record = current?.record, versioning(of: target) != nil else { return nil }
        return record.version == version ? nil : record
    }

    /// Removes the noncurrent version `null` once another one of that id is published; false when something is left.
    func removeNullVersion(_ old: FoundFile?, _ target: ObjectFiles.Target, _ update: inout KeyUpdate) -> Bool {
        guard let old else { return true }
        update.removed.append(.null)
        guard files.removeVersionsTolerantly([.null], of: target) else { return false }
        return files.discardSidecar(of: old, target)
    }

    /// Removes a file that lost against another of its key, or keeps it as a version; false when a sidecar is left.
    func removeLoser(_ found: FoundFiles, _ target: ObjectFiles.Target, _ update: inout KeyUpdate) throws -> Bool {
        guard let loser = found.loser, let record = loser.record, versioning(of: target) != nil,
            record.version != found.current?.record?.version
        else { return try files.removeLoser(found, target) }
        try files.keep(loser, record, target)
        update.added.append(IndexRow(record))
        try files.remove(loser, target.durability)
        return true
    }

    /// The change of rows, the cheap one for keys without versions.
    private static func row(_ record: ObjectRecord, _ update: KeyUpdate) -> IndexChange {
        guard !update.added.isEmpty || !update.removed.isEmpty else {
            return .put(IndexRow(record), bucketID: update.bucketID)
        }
        var update = update
        update.current = .set(IndexRow(record))
        return .update(update)
    }

    /// What a write adds to its bucket.
    private static func change(to record: ObjectRecord, from current: FoundFile?, isKept: Bool) -> BucketUsage {
        guard let current, !isKept else { return BucketUsage(bytes: record.size, objects: 1) }
        return BucketUsage(bytes: record.size - current.facts.size, objects: 0)
    }

    /// Throws when the bucket has no room for a change.
    func checkQuota(_ change: BucketUsage, _ target: ObjectFiles.Target, _ room: Room) throws {
        guard let quota = registry.find(target.bucket)?.settings.quota else { return }
        guard !incomplete.withLock({ $0.contains(target.bucketID) }) else {
            throw S3Error.slowDown(retryAfter: 2).because("the bucket has a quota, and its index is being rebuilt")
        }
        guard room.take(change, within: quota) else {
            throw S3Error.quotaExceeded.because(
                quota.description(of: target.bucket, writer.usage.usage(of: target.bucketID))
            )
        }
    }

    /// The files of a key after the precondition has held against the current one.
    ///
    /// A file that was put by hand is adopted first where its record is needed: for its tag, or to be kept as a version.
    func checkedFiles(_ target: ObjectFiles.Target, _ precondition: WritePrecondition) throws -> FoundFiles {
        try root.checkWritable()
        var found = try files.findBoth(target)
        if let current = found.current, current.record == nil, needsRecord(target, precondition) {
            try adopt(current, target, after: found.lastSequence)
            found = try files.findBoth(target)
        }
        // A file without a record is there, whatever its tag is: only `ifMatches` looks at that.
        try precondition.check(current: found.current.map { $0.record?.etag ?? ETag("") }, key: target.key)
        return found
    }

    private func needsRecord(_ target: ObjectFiles.Target, _ precondition: WritePrecondition) -> Bool {
        if case .ifMatches = precondition { return true }
        return versioning(of: target) != nil
    }

    /// Gives a file that was put by hand a record.
    func adopt(_ file: FoundFile, _ target: ObjectFiles.Target, after last: Int64) throws {
        let sequence = sequences.next(clock(), after: last)
        try files.adopt(file, target, sequence: sequence, version: newVersion(of: target, sequence))
    }
}
