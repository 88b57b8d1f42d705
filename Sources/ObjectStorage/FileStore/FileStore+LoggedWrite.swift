import Glibc
import S3Protocol

// Small new objects go to disk as lines of the intents, which all requests sync together; their files follow with the
// next checkpoint (`storage/README.md`, "Small new objects: content in the intents").
extension FileStore {
    /// An object that is complete but for its name, and the line that stands for it as long as its file is not synced.
    struct LoggedWrite {
        let file: IncomingFile
        let record: ObjectRecord
        let line: [UInt8]
    }

    /// Whether an object of so many bytes may go this way, as far as can be told without a look at the disk.
    func canBeLogged(_ target: ObjectFiles.Target, size: Int64) -> Bool {
        configuration.loggedBytes > 0 && size <= Int64(configuration.loggedBytes) && root.hasSoundSyncs
            && target.durability == .strict && target.natural != nil && intents.canHoldMore
    }

    /// Publishes an object by way of the intents and calls `finish`; false, with nothing done, when it has to go the usual
    /// way: the key is not new, somebody else has it, or what is not there matters for more than its absence.
    ///
    /// Blocks, but not for the disk's syncs. `make` is called under the key's lock.
    func publishLogged(
        _ target: ObjectFiles.Target,
        if precondition: WritePrecondition,
        _ make: () throws -> LoggedWrite?,
        _ finish: @escaping Finish<ObjectRecord>
    ) throws -> Bool {
        guard let place = target.natural, tryLock(target) else { return false }
        var isUnderWay = false
        defer { if !isUnderWay { unlock(target) } }
        try checkBucket(of: target)
        // One that is logged already was moved away by hand: its line must not go before it is on disk somewhere.
        guard try isAbsenceAll(target, precondition), !logged.contains(target) else { return false }
        try root.checkWritable()
        let found = try root.directory.openDirectory(place.directory)
        guard try found?.facts(ofName: place.name) == nil, let write = try make(),
            let directory = try found ?? root.openMakingParents(place.directory).directory
        else { return false }
        isUnderWay = true
        intents.begin(logging: write.line) { [self] result in
            publish(write, at: place, in: directory, target, result, finish)
        }
        return true
    }

    /// Whether nothing but the absence of a file can matter for a write.
    func isAbsenceAll(_ target: ObjectFiles.Target, _ precondition: WritePrecondition) throws -> Bool {
        guard let settings = registry.find(target.bucket)?.settings, settings.versioning == nil, settings.quota == nil,
            precondition.isMetByAbsence
        else { return false }
        return try !files.versionedBuckets.contains(target.bucketID) && !files.hasEscaped(target)
    }

    private func tryLock(_ target: ObjectFiles.Target) -> Bool {
        guard bucketLocks.tryAcquire(target.bucket, .shared) else { return false }
        guard !keyLocks.tryAcquire(target, .exclusive) else { return true }
        bucketLocks.release(target.bucket, .shared)
        return false
    }

    private func unlock(_ target: ObjectFiles.Target) {
        keyLocks.release(target, .exclusive)
        bucketLocks.release(target.bucket, .shared)
    }

    // MARK: On the log's thread

    /// Gives an object its name once its line is on disk, and lets go of the key.
    private func publish(
        _ write: LoggedWrite,
        at place: KeyPlace,
        in directory: FileDescriptor,
        _ target: ObjectFiles.Target,
        _ result: Result<IntentLog.Token, any Error>,
        _ finish: @escaping Finish<ObjectRecord>
    ) {
        let token: IntentLog.Token
        do {
            token = try result.get()
        } catch {
            unlock(target)
            return finish(.failure(error))
        }
        logged.insert(target, segment: token.segment)
        do {
            guard try link(write.file, at: place, in: directory) else { return giveUp(target, token, nil, finish) }
        } catch {
            return giveUp(target, token, error, finish)
        }
        let room = Room(usage: writer.usage, bucketID: target.bucketID)
        room.settle(BucketUsage(bytes: write.record.size, objects: 1))
        writer.enqueue(.put(IndexRow(write.record), bucketID: target.bucketID), room: room, isUrgent: false)
        unlock(target)
        intents.end(token)
        finish(.success(write.record))
    }

    /// Gives a file its name; false when that is taken or cannot be used, or the directory was removed meanwhile.
    private func link(_ file: IncomingFile, at place: KeyPlace, in directory: FileDescriptor) throws -> Bool {
        do {
            return try root.changing(place.name, in: place.directory) {
                try file.linkIfFree(to: directory, place.name)
            }
        } catch let error as StorageError where error.cause.map(ObjectFiles.sendsElsewhere) ?? false {
            return false
        }
    }

    /// Takes the line of an object back that was not published, on the pool, since it needs another line.
    ///
    /// Without an error the usual way is gone then, where the request may still be refused.
    private func giveUp(
        _ target: ObjectFiles.Target,
        _ token: IntentLog.Token,
        _ cause: (any Error)?,
        _ finish: @escaping Finish<ObjectRecord>
    ) {
        pool.start { [self] isRunning in
            var failure = cause
            do {
                try takeBack(target, isRunning: isRunning)
            } catch {
                failure = error
            }
            if let failure { keepUnsettled(target, after: failure) }
            unlock(target)
            intents.end(token)
            finish(failure.map { .failure($0) } ?? .success(nil))
        }
    }

    /// Has the line of an object that was not published not be redone.
    ///
    /// - Throws: `StorageError` that says that the outcome is unknown; the next checkpoint tries again.
    private func takeBack(_ target: ObjectFiles.Target, isRunning: Bool) throws {
        do {
            guard isRunning else { throw StorageError(.closed, "the server is stopping") }
            try forget(target)
        } catch let error as StorageError where error.code != .readOnly {
            throw StorageError(
                .failed,
                "the object could not be published, and may be there after a restart: \(error.message)",
                cause: error.cause
            )
        }
    }

    // MARK: On the blocking pool

    /// Puts on disk by itself what the intents hold of a key, so that its files can be changed.
    ///
    /// Blocks; needs the key's lock. - Throws: `StorageError`; then the key is as it was.
    func settleLogged(_ target: ObjectFiles.Target) throws {
        guard logged.contains(target) else { return }
        var isSynced = false
        if let natural = target.natural { isSynced = try sync(natural, target) }
        // Where it was redone to, if something else was in the way.
        if try files.escapedBuckets.contains(target.bucketID) {
            isSynced = try sync(target.escaped, target) || isSynced
        }
        // Somebody has moved it, and it is to be whole under its other name.
        if !isSynced { try root.syncEverything() }
        try forget(target)
    }

    /// Says in the intents that nothing in them is to be redone for a key.
    private func forget(_ target: ObjectFiles.Target) throws {
        intents.end(try intents.begin(settling: target.line).wait())
        logged.remove(target)
    }

    /// Syncs the file at a place, and its name; strict whatever the bucket says by now.
    ///
    /// - Returns: whether it is the key's object, by its record.
    private func sync(_ place: KeyPlace, _ target: ObjectFiles.Target) throws -> Bool {
        // What is no file was put there by hand, and most of it cannot be synced.
        let found = try files.look(at: place, target)
        if let found { try root.syncPublished(found.descriptor, "an object") }
        if let directory = try root.directory.openDirectory(place.directory) {
            try root.sync(root.branch(directory, at: place.directory, .strict), .strict)
        }
        return found?.record != nil
    }
}

extension StorageRoot.OpenedDirectory {
    /// The directory, if it is open.
    fileprivate var directory: FileDescriptor? {
        if case .opened(let directory) = self { directory } else { nil }
    }
}
