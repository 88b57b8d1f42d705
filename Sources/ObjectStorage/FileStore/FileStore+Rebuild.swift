import Logging
import Synchronization
import S3Protocol

extension FileStore {
    private static let concurrentLooks = 32

    /// Fills the index of a bucket from its files in the background; its listings answer 503 until that is done.
    func startRebuild(of bucket: Bucket) {
        let task = Task { await rebuild(bucket) }
        background.withLock { $0.append(task) }
    }

    private func rebuild(_ bucket: Bucket) async {
        let metadata: Logger.Metadata = ["bucket": "\(bucket.name)"]
        log.info("rebuilding the index of a bucket", metadata: metadata)
        do {
            while try await !fillTolerantly(bucket) { try await Task.sleep(for: configuration.checkpointInterval) }
        } catch is CancellationError {
            log.info("the rebuilding of an index goes on at the next start", metadata: metadata)
        } catch {
            log.error("the index of a bucket is rebuilt at the next start", metadata: ["error": "\(error)"])
        }
    }

    /// False when it has to be tried again later.
    private func fillTolerantly(_ bucket: Bucket) async throws -> Bool {
        do {
            try await fill(bucket)
        } catch {
            guard registry.find(id: bucket.id) != nil else { return forgetRebuild(of: bucket) }
            if error is CancellationError || Self.isFinal(error) { throw error }
            log.error(
                "the index of a bucket cannot be rebuilt and its listings stay unavailable; it is tried again later",
                metadata: ["bucket": "\(bucket.name)", "error": "\(error)"]
            )
            return false
        }
        log.info("the index of a bucket is complete", metadata: ["bucket": "\(bucket.name)"])
        return true
    }

    private func forgetRebuild(of bucket: Bucket) -> Bool {
        incomplete.withLock { _ = $0.remove(bucket.id) }
        return true
    }

    private func fill(_ bucket: Bucket) async throws {
        try await change(.reset(bucketID: bucket.id, isComplete: false))
        try await scanNatural(bucket)
        try await scanEscaped(bucket)
        try await change(.barrier)
        guard writer.isSound(bucketID: bucket.id) else { throw Self.unwritable }
        try await change(.complete(bucketID: bucket.id))
        incomplete.withLock { _ = $0.remove(bucket.id) }
    }

    private static let unwritable = StorageError(.failed, "the index cannot be written")

    private func change(_ change: IndexChange) async throws {
        guard await writer.enqueue(change).wait() else { throw Self.unwritable }
    }

    /// Whether no further try can do better before a restart.
    private static func isFinal(_ error: any Error) -> Bool {
        guard let error = error as? StorageError else { return false }
        return [.readOnly, .closed].contains(error.code)
    }

    private func scanNatural(_ bucket: Bucket) async throws {
        let top = KeyPlace.bucketDirectory(bucket.name)
        var directories = [top]
        while let path = directories.popLast() {
            try Task.checkCancellation()
            let entries = try await entries(of: path)
            reportUnreadable(entries, in: path)
            let names = entries.compactMap { entry in entry.name.map { ($0, entry.kind) } }
            directories += names.filter { $0.1 == .directory }.map { "\(path)/\($0.0)" }
            let prefix = Substring(path.utf8.dropFirst(top.utf8.count + 1))
            let keys = names.filter { $0.1 == .file }.compactMap { name, _ in
                try? ObjectKey(prefix.isEmpty ? name : "\(prefix)/\(name)")
            }
            try await refresh(keys.filter { KeyPlace.isSafePath($0.utf8) }, in: bucket)
            if entries.isEmpty, path != top {
                try await pool.run { [root] in try root.removeEmptyDirectories(from: path) }
            }
        }
    }

    /// A name that is not UTF-8, or no safe path, is that of no key: it is left alone.
    private func reportUnreadable(_ entries: [DirectoryEntry], in path: String) {
        for entry in entries where entry.name == nil {
            log.warning("a name is not UTF-8 and cannot be a key", metadata: ["directory": "\(path)"])
        }
    }

    private func scanEscaped(_ bucket: Bucket) async throws {
        let top = KeyPlace.escapedDirectory(bucket.id)
        for directory in try await entries(of: top) {
            guard directory.kind == .directory, let name = directory.name else { continue }
            try Task.checkCancellation()
            let keys = try await pool.run { [self] in try escapedKeys("\(top)/\(name)", bucket) }
            try await refresh(keys, in: bucket)
        }
    }

    private func entries(of path: String) async throws -> [DirectoryEntry] {
        try await pool.run { [root] in try root.directory.openDirectory(path)?.entries() ?? [] }
    }

    /// The keys of escaped files, which only their records tell.
    private func escapedKeys(_ path: String, _ bucket: Bucket) throws -> [ObjectKey] {
        guard let directory = try root.directory.openDirectory(path) else { return [] }
        return try directory.entries().compactMap { entry in
            guard entry.kind == .file, let name = entry.name else { return nil }
            let reading = try tolerantly("\(path)/\(name)") { try directory.open(name).map(files.records.read) }
            guard case .record(let record, _)?? = reading, record.bucketID == bucket.id,
                KeyPlace.escaped(record.key, bucketID: bucket.id).name == name
            else {
                log.error("a file does not say of which key it is", metadata: ["file": "\(path)/\(name)"])
                return nil
            }
            return record.key
        }
    }

    private func refresh(_ keys: [ObjectKey], in bucket: Bucket) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (position, key) in keys.enumerated() {
                if position >= Self.concurrentLooks { try await group.next() }
                let target = ObjectFiles.Target(key: key, bucket: bucket.name, bucketID: bucket.id)
                group.addTask { try await self.refreshTolerantly(target) }
            }
            try await group.waitForAll()
        }
    }

    /// A file that cannot be read or is being written by hand does not stop the scan: the next read looks again.
    private func refreshTolerantly(_ target: ObjectFiles.Target) async throws {
        do {
            try await refresh(target)
        } catch let error as StorageError where Self.concernsOneFile(error) {
            log.error("a file is left out of the index", metadata: ["key": "\(target.key)", "error": "\(error)"])
        }
    }

    private func tolerantly<Value>(_ path: String, _ body: () throws -> Value) throws -> Value? {
        do {
            return try body()
        } catch let error as StorageError where Self.concernsOneFile(error) {
            log.error("a file is left out of the index", metadata: ["file": "\(path)", "error": "\(error)"])
            return nil
        }
    }

    private static func concernsOneFile(_ error: StorageError) -> Bool {
        ![.readOnly, .closed, .tooManyOpenFiles].contains(error.code)
    }
}
