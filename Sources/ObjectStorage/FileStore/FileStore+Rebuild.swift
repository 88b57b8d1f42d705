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
        log.info("rebuilding the index of a bucket", metadata: ["bucket": "\(bucket.name)"])
        do {
            try await scanNatural(bucket)
            try await scanEscaped(bucket)
            await writer.enqueue(.complete(bucketID: bucket.id)).wait()
            guard writer.isSound else { throw StorageError(.failed, "the index cannot be written") }
            incomplete.withLock { _ = $0.remove(bucket.id) }
            log.info("the index of a bucket is complete", metadata: ["bucket": "\(bucket.name)"])
        } catch is CancellationError {
            log.info("the rebuilding of an index goes on at the next start", metadata: ["bucket": "\(bucket.name)"])
        } catch {
            log.error(
                "the index of a bucket cannot be rebuilt; its listings stay unavailable until a restart",
                metadata: ["bucket": "\(bucket.name)", "error": "\(error)"]
            )
        }
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
            let prefix = path.dropFirst(top.count + 1)
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
            guard entry.kind == .file, let name = entry.name, let file = try directory.open(name) else { return nil }
            guard case .record(let record, _) = try files.records.read(file), record.bucketID == bucket.id,
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

    /// A file that is being written by hand right now does not stop the scan: the next read of it looks again.
    private func refreshTolerantly(_ target: ObjectFiles.Target) async throws {
        do {
            try await refresh(target)
        } catch let error as StorageError where error.code == .busy {
            log.warning("a file is being changed by another program", metadata: ["key": "\(target.key)"])
        }
    }
}
