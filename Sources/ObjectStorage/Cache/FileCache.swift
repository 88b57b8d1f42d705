import CLinux
import Glibc
import Synchronization

/// Files that can be made again at any time, in a directory of their own, within a budget of bytes.
///
/// What was used longest ago goes first, and that order outlives a restart by the files' times. A file appears whole or not
/// at all: it is synced before it gets its name. The directory may be emptied at any time. Nothing here blocks a caller.
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

    private let directory: String
    private let reservedBytes: UInt64?
    private let pool: BlockingPool
    private let index: Mutex<FileCacheIndex>

    /// A cache in this directory, which is made when it is missing; `close` ends it.
    ///
    /// A budget of 0 keeps nothing. `reservedBytes` is how much of the disk uploads leave free, nil for the standard.
    package init(directory: String, budget: Int64, reservedBytes: UInt64? = nil) {
        self.directory = directory
        self.reservedBytes = reservedBytes
        pool = BlockingPool(threadCount: 4)
        index = Mutex(FileCacheIndex(budget: budget))
    }

    /// What it holds, as far as it is known: after a start that is when `load` has ended.
    package var usage: Usage { index.withLock { $0.usage } }

    /// Gets to know what an earlier run left, and removes what is too much of it.
    package func load() async throws {
        try await pool.run { [self] in
            for folder in try root().entries() where folder.kind == .directory {
                guard let name = folder.name, let shelf = try root().openDirectory(name) else { continue }
                try learn(shelf, name)
            }
            remove(index.withLock { $0.overflow() })
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
            guard try hasRoom(for: size) else { return false }
            try write(name, size, descriptor)
            remove(
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
    private static let temporaryPrefix = "."

    private func root() throws -> FileDescriptor {
        var made = ""
        for segment in directory.split(separator: "/", omittingEmptySubsequences: false) {
            made += segment + "/"
            guard made != "/", mkdir(made, 0o700) != 0, errno != EEXIST else { continue }
            throw StorageError.lastSystemError("make the directory \(made)")
        }
        return try FileDescriptor(opening: directory)
    }

    /// Files lie on 256 shelves, so that no directory becomes too long.
    private func shelf(of name: String) throws -> FileDescriptor {
        let (root, shelf) = (try root(), String(name.prefix(2)))
        _ = try root.makeDirectory(shelf, mode: 0o700)
        return try root.openExisting(shelf, O_RDONLY | O_DIRECTORY)
    }

    private func open(_ name: String) throws -> Hit? {
        let path = "\(directory)/\(name.prefix(2))/\(name)"
        let number = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard number >= 0 else {
            guard errno == ENOENT || errno == ENOTDIR || errno == ELOOP else {
                throw StorageError.lastSystemError("open a file of the cache")
            }
            index.withLock { $0.forget(name) }
            return nil
        }
        let descriptor = FileDescriptor(taking: number)
        let facts = try descriptor.facts()
        guard facts.kind == .file, facts.size > 0 else { return nil }
        let beginning = try descriptor.readAll(limit: Self.beginningLength)
        // Its time is what tells the next run when it was used; to the hour is enough.
        let isOld = index.withLock { index in
            index.use(name, size: facts.size, modified: facts.modified, now: Self.now())
        }
        if isOld { futimens(number, nil) }
        return Hit(file: OpenFile(descriptor, size: facts.size), beginning: beginning)
    }

    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private func write(_ name: String, _ size: Int64, _ source: CInt) throws {
        let shelf = try shelf(of: name)
        let temporary = "\(Self.temporaryPrefix)\(name).\(UInt64.random(in: .min ... .max))"
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

    /// The cache leaves twice as much of the disk free as uploads do: it is what goes without first.
    private func hasRoom(for size: Int64) throws -> Bool {
        let root = try root()
        var space = clinux_space()
        guard withExtendedLifetime(root, { clinux_space_of(root.number, &space) }) == 0 else {
            throw StorageError.lastSystemError("ask for the free space of the cache")
        }
        let reserved = reservedBytes ?? StorageRoot.standardReserve(ofTotal: space.total_bytes)
        let needed = UInt64(size)
        return space.free_bytes > needed && (space.free_bytes - needed) / 2 > reserved
    }

    private func learn(_ shelf: FileDescriptor, _ prefix: String) throws {
        try shelf.forEachEntry { entry in
            guard let name = entry.name, entry.kind == .file, let facts = try shelf.facts(ofName: name) else {
                return true
            }
            if name.hasPrefix(Self.temporaryPrefix) || !name.hasPrefix(prefix) {
                // Of a run that was killed, or put here by hand.
                try shelf.unlink(name)
            } else {
                index.withLock { $0.learn(name, size: facts.size, modified: facts.modified) }
            }
            return true
        }
    }

    private func remove(_ names: [String]) {
        for name in names { unlink("\(directory)/\(name.prefix(2))/\(name)") }
    }
}
