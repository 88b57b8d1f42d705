import CLinux
import Glibc
import Synchronization

/// Files that can be made again at any time, in a directory of their own, within a budget of bytes.
///
/// What was used only once goes first, then what was used longest ago; a restart knows the order by the files' times. A file
/// appears whole or not at all: it is synced before it gets its name. The directory may be emptied at any time. Nothing here
/// blocks a caller.
package final class FileCache: Sendable {
    /// What the cache holds.
    package struct Usage: Sendable, Equatable {
        /// How many files.
        package var files = 0
        /// How many bytes they have.
        package var bytes: Int64 = 0
    }

    /// A file of the cache.
    package struct Hit: Sendable {
        /// The whole content.
        package let file: OpenFile
        /// Its first bytes, read with it.
        package let beginning: [UInt8]
    }

    /// How many bytes of the beginning come with a hit.
    package static let beginningLength = 1024

    private let directory: CacheDirectory
    private let pool: BlockingPool
    private let index: Mutex<FileCacheIndex>

    /// A cache in this directory, which is made when it is missing; `close` ends it.
    ///
    /// A budget of 0 keeps nothing. `reservedBytes` is how much of the disk uploads leave free, nil for the standard.
    package init(directory: String, budget: Int64, reservedBytes: UInt64? = nil) {
        self.directory = CacheDirectory(path: directory, reservedBytes: reservedBytes)
        pool = BlockingPool(threadCount: 4)
        index = Mutex(FileCacheIndex(budget: budget))
    }

    /// What it holds, as far as it is known: after a start that is when `load` has ended.
    package var usage: Usage { index.withLock { $0.usage } }

    /// Gets to know what an earlier run left, and removes what is too much of it.
    package func load() async throws {
        try await pool.run { [self] in
            try directory.forEachFile { found in
                index.withLock { $0.learn(found.name, size: found.size, modified: found.modified) }
            }
            directory.remove(index.withLock { $0.overflow() })
        }
    }

    /// The file of this name, nil when it is not there.
    package func file(_ name: String) async throws -> Hit? {
        guard index.withLock({ $0.budget > 0 }) else { return nil }
        return try await pool.run { [self] in try open(name) }
    }

    /// Keeps the first `size` bytes of an open file under this name; false when there is no room for them.
    ///
    /// The descriptor has to stay open meanwhile. On disk when it returns.
    package func keep(_ name: String, size: Int64, of descriptor: CInt) async throws -> Bool {
        guard index.withLock({ size > 0 && size <= $0.budget }) else { return false }
        return try await pool.run { [self] in
            guard try directory.hasRoom(for: size) else { return false }
            try write(name, size, descriptor)
            directory.remove(
                index.withLock { index in
                    index.note(name, size: size)
                    return index.overflow()
                }
            )
            return true
        }
    }

    /// Ends its threads.
    package func close() async {
        await pool.shutdown()
    }
}

// MARK: - Files, on the pool

extension FileCache {
    private func open(_ name: String) throws -> Hit? {
        guard let descriptor = try directory.open(name) else {
            index.withLock { $0.forget(name) }
            return nil
        }
        let facts = try descriptor.facts()
        guard facts.kind == .file, facts.size > 0 else { return nil }
        let beginning = try descriptor.readAll(limit: Self.beginningLength)
        // Its time is what tells the next run when it was used; to the hour is enough.
        let isOld = index.withLock { index in
            index.use(name, size: facts.size, modified: facts.modified, now: CacheDirectory.now())
        }
        if isOld { futimens(descriptor.number, nil) }
        return Hit(file: OpenFile(descriptor, size: facts.size), beginning: beginning)
    }

    private func write(_ name: String, _ size: Int64, _ source: CInt) throws {
        let shelf = try directory.shelf(of: name)
        let temporary = directory.temporaryName(of: name)
        do {
            let file = try shelf.openExisting(temporary, O_WRONLY | O_CREAT | O_EXCL)
            guard clinux_copy_range(source, 0, file.number, 0, size) == size else {
                throw StorageError.lastSystemError("write a file of the cache")
            }
            try file.syncData("a file of the cache")
            try shelf.rename(temporary, to: shelf, name)
        } catch {
            _ = try? shelf.unlink(temporary)
            throw error
        }
    }
}
