package import S3Protocol
import Synchronization

extension FileStore {
    /// What a deletion has at hand before it gets the key's lock.
    private struct Preparation: Sendable {
        let marker: PreparedObject?
        let intent: PendingIntent
    }

    /// Removes the current version or puts a delete marker before it; removes the version that is named for good.
    @discardableResult
    package func delete(
        _ key: ObjectKey,
        in bucket: BucketName,
        _ request: DeletionRequest
    ) async throws -> Deletion {
        let target = try target(key, in: bucket)
        return try await change(target) { [self] intent in
            let isMarked = request.version == nil && versioning(of: target) != nil
            return Preparation(marker: isMarked ? try makeMarker(target, request, intent) : nil, intent: intent)
        } apply: { [self] prepared in
            let room = Room(usage: writer.usage, bucketID: target.bucketID)
            var applied = try delete(target, request, prepared, room)
            applied.room = room
            return applied
        }
    }

    /// A delete marker, complete but for its name; blocks.
    private func makeMarker(
        _ target: ObjectFiles.Target,
        _ request: DeletionRequest,
        _ intent: PendingIntent
    ) throws -> PreparedObject {
        let file = try IncomingFile(in: root)
        let now = clock()
        try file.descriptor.setModified(nanoseconds: now.nanoseconds)
        let sequence = sequences.next(now)
        var record = ObjectRecord(
            key: target.key,
            bucketID: target.bucketID,
            sequence: sequence,
            version: newVersion(of: target, sequence),
            size: 0,
            modified: Timestamp(nanoseconds: try file.descriptor.facts().modified),
            etag: ETag(""),
            checksums: [],
            attributes: ObjectAttributes()
        )
        record.isDeleteMarker = true
        record.attributes.owner = request.owner
        return try PreparedObject(file, record, files, target.durability, intent)
    }

    // MARK: Under the key's lock, on the blocking pool

    private func delete(
        _ target: ObjectFiles.Target,
        _ request: DeletionRequest,
        _ prepared: Preparation,
        _ room: Room
    ) throws -> Applied<Deletion> {
        if let version = request.version { return try removeVersion(version, target, request, room) }
        guard versioning(of: target) != nil else { return try removeCurrent(target, request, room) }
        // Versioning may have been enabled since the marker was to be made.
        let marker = try prepared.marker ?? makeMarker(target, request, prepared.intent)
        defer { if !marker.release() { writer.keepFailures([target.line]) } }
        return try putMarker(marker, target, request, room)
    }

    /// A bucket without versioning: the object goes.
    private func removeCurrent(
        _ target: ObjectFiles.Target,
        _ request: DeletionRequest,
        _ room: Room
    ) throws -> Applied<Deletion> {
        let found = try checkedFiles(target, request)
        var isTidy = try files.removeLoser(found, target)
        if let current = found.current { isTidy = try remove(current, target) && isTidy }
        if !isTidy { writer.keepFailures([target.line]) }
        if let current = found.current { room.settle(BucketUsage(bytes: -current.facts.size, objects: -1)) }
        return Applied(value: Deletion(), row: .remove(target.key, bucketID: target.bucketID))
    }

    /// Removes a current file with its sidecar and the directories that are empty then; false when a sidecar is left.
    private func remove(_ current: FoundFile, _ target: ObjectFiles.Target) throws -> Bool {
        try files.remove(current, target.durability)
        let isTidy = files.discardSidecar(of: current, target)
        // The object is gone; directories that stay do no harm.
        try? root.removeEmptyDirectories(from: current.place.directory)
        return isTidy
    }

    /// A bucket with versioning: the marker first, then the current file leaves its place.
    func putMarker(
        _ marker: PreparedObject,
        _ target: ObjectFiles.Target,
        _ request: DeletionRequest,
        _ room: Room
    ) throws -> Applied<Deletion> {
        let found = try checkedFiles(target, request)
        let record = try settledOrder(of: marker, target, after: lastSequence(found, target))
        let kept = keptVersion(found.current, target, whenReplacedBy: record.version)
        if kept == nil { try checkUnlocked(found.current?.record, bypassesGovernance: request.bypassesGovernance) }
        var update = KeyUpdate(key: target.key, bucketID: target.bucketID)
        update.current = .remove
        var isTidy = try removeLoser(found, target, &update)
        let replaced = record.version == .null ? try files.version(.null, of: target) : nil
        if replaced != nil { update.removed.append(.null) }
        try publish(marker, record, target, over: found.current, keeping: kept, canBeTakenBack: replaced == nil)
        if let kept { update.added.append(IndexRow(kept)) }
        update.added.append(IndexRow(record))
        isTidy = files.discardSidecar(of: replaced, target) && isTidy
        if let current = found.current, kept == nil { isTidy = files.discardSidecar(of: current, target) && isTidy }
        if !isTidy { writer.keepFailures([target.line]) }
        room.settle(BucketUsage(bytes: kept == nil ? -(found.current?.facts.size ?? 0) : 0, objects: 1))
        return Applied(value: Deletion(version: record.version, isDeleteMarker: true), row: .update(update))
    }

    /// Puts the marker in front of the current file, which leaves its place then.
    ///
    /// What has to be opened is opened before, and the marker gets its name last: a deletion that fails has no effect.
    private func publish(
        _ marker: PreparedObject,
        _ record: ObjectRecord,
        _ target: ObjectFiles.Target,
        over current: FoundFile?,
        keeping kept: ObjectRecord?,
        canBeTakenBack: Bool
    ) throws {
        let place = try current.flatMap { try root.directory.openDirectory($0.place.directory) }
        let directory = try files.versionDirectory(of: target)
        if let current, let kept {
            try files.link(IncomingFile(linking: current.descriptor, in: root), as: kept.version, in: directory)
        }
        try files.link(marker.file(), as: record.version, in: directory)
        marker.markPublished()
        try files.sync(directory, target)
        guard let current, let place else { return }
        do {
            try files.remove(current, from: place, target.durability)
        } catch let error as StorageError where error.code != .readOnly {
            // Of a marker that took another's name that one is gone: then it stands, and the key is reconciled.
            if canBeTakenBack { try files.removeVersions([record.version], of: target) }
            throw error
        }
        // The object is hidden; directories that stay do no harm.
        try? root.removeEmptyDirectories(from: current.place.directory)
    }

    private func checkedFiles(_ target: ObjectFiles.Target, _ request: DeletionRequest) throws -> FoundFiles {
        let found = try checkedFiles(target, request.precondition)
        if let modified = request.modified, found.current?.facts.modified != modified.nanoseconds {
            throw S3Error.preconditionFailed(condition: "Last-Modified")
        }
        return found
    }

    // MARK: One version

    private func removeVersion(
        _ version: VersionID,
        _ target: ObjectFiles.Target,
        _ request: DeletionRequest,
        _ room: Room
    ) throws -> Applied<Deletion> {
        try root.checkWritable()
        var found = try files.findBoth(target)
        if let current = found.current, current.record == nil {
            try adopt(current, target, after: found.lastSequence)
            found = try files.findBoth(target)
        }
        var update = KeyUpdate(key: target.key, bucketID: target.bucketID)
        let isTidy = try removeLoser(found, target, &update)
        if !isTidy { writer.keepFailures([target.line]) }
        if let current = found.current, let record = current.record, record.version == version {
            try check(record, request)
            guard !request.onlyNoncurrent else { throw S3Error.preconditionFailed(condition: "noncurrent") }
            return try removeCurrent(current, record, target, update, room)
        }
        guard let file = try files.version(version, of: target), let record = file.record else {
            try request.precondition.check(current: nil, key: target.key)
            return Applied(value: Deletion(version: version), row: .update(update))
        }
        try check(record, request)
        return try remove(file, record, target, hasCurrent: found.current != nil, update, room)
    }

    private func check(_ record: ObjectRecord, _ request: DeletionRequest) throws {
        if let modified = request.modified, record.modified != modified {
            throw S3Error.preconditionFailed(condition: "Last-Modified")
        }
        try request.precondition.check(current: record.isDeleteMarker ? nil : record.etag, key: record.key)
        try checkUnlocked(record, bypassesGovernance: request.bypassesGovernance)
    }

    /// The current version goes: the newest of the others takes its place, unless that is a delete marker.
    private func removeCurrent(
        _ current: FoundFile,
        _ record: ObjectRecord,
        _ target: ObjectFiles.Target,
        _ update: KeyUpdate,
        _ room: Room
    ) throws -> Applied<Deletion> {
        var update = update
        // A second name of the version, as a failed overwrite leaves it, would bring it back.
        try files.removeVersions([record.version], of: target)
        update.removed.append(record.version)
        let next = try files.newestVersion(of: target)
        var isTidy = true
        if let next, let promoted = next.record, !promoted.isDeleteMarker {
            isTidy = try files.promote(next, promoted, target, over: current)
            isTidy = files.discardSidecar(of: current, target) && isTidy
            update.current = .set(IndexRow(promoted))
            update.removed.append(promoted.version)
            update.added.removeAll { $0.version == promoted.version.text }
        } else {
            isTidy = try remove(current, target)
            update.current = .remove
        }
        if !isTidy { writer.keepFailures([target.line]) }
        room.settle(BucketUsage(bytes: -record.size, objects: -1))
        return Applied(value: Deletion(version: record.version), row: .update(update))
    }

    /// A noncurrent version or a delete marker goes; when the newest marker does, the version before it is current.
    private func remove(
        _ file: FoundFile,
        _ record: ObjectRecord,
        _ target: ObjectFiles.Target,
        hasCurrent: Bool,
        _ update: KeyUpdate,
        _ room: Room
    ) throws -> Applied<Deletion> {
        var update = update
        var isTidy = true
        let next = hasCurrent ? nil : try newestData(of: target, behind: record)
        if let next, let promoted = next.record {
            isTidy = try replace(marker: record, by: next, promoted, target)
            update.current = .set(IndexRow(promoted))
            update.removed.append(promoted.version)
        } else {
            try files.removeVersions([record.version], of: target)
        }
        update.removed.append(record.version)
        isTidy = files.discardSidecar(of: file, target) && isTidy
        if !isTidy { writer.keepFailures([target.line]) }
        room.settle(BucketUsage(bytes: -record.size, objects: -1))
        return Applied(
            value: Deletion(version: record.version, isDeleteMarker: record.isDeleteMarker),
            row: .update(update)
        )
    }

    /// Makes the version before a marker current and removes the marker; false when its name among the versions is left.
    ///
    /// A marker that cannot be removed keeps the object hidden: then nothing was done.
    private func replace(
        marker: ObjectRecord,
        by next: FoundFile,
        _ promoted: ObjectRecord,
        _ target: ObjectFiles.Target
    ) throws -> Bool {
        _ = try files.publish(IncomingFile(linking: next.descriptor, in: root), as: target, over: nil)
        do {
            try files.removeVersions([marker.version], of: target)
        } catch let error as StorageError where error.code != .readOnly {
            if let current = try files.findBoth(target).current { try files.remove(current, target.durability) }
            throw error
        }
        return files.removeVersionsTolerantly([promoted.version], of: target)
    }

    /// The version that becomes current when the newest marker goes; nil when this is not the newest, or another marker
    /// follows.
    private func newestData(of target: ObjectFiles.Target, behind record: ObjectRecord) throws -> FoundFile? {
        // Data is never the newest of a key without a current file.
        guard record.isDeleteMarker else { return nil }
        let newest = try files.newestVersion(of: target)?.record
        guard newest?.version == record.version else { return nil }
        let next = try files.newestVersion(of: target, except: record.version)
        return next?.record?.isDeleteMarker == false ? next : nil
    }

    /// Throws when a lock keeps the version.
    func checkUnlocked(_ record: ObjectRecord?, bypassesGovernance: Bool) throws(S3Error) {
        guard let attributes = record?.attributes else { return }
        guard attributes.legalHold != true else {
            throw .protectedByObjectLock.because("a legal hold keeps the version")
        }
        guard let retention = attributes.retention, retention.retainUntil > clock() else { return }
        guard retention.mode == .governance, bypassesGovernance else {
            throw .protectedByObjectLock.because(
                "\(retention.mode.rawValue) retention until \(retention.retainUntil.iso8601)"
            )
        }
    }
}
