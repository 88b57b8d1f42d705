import CLinux
import Glibc
import Synchronization

/// Files that are here in part, each whole one of a kind that can be had again, within a budget of bytes; what goes first is as
/// in `FileCache`.
///
/// Only what its index names is there: who wants a file to be found says so after it has its name. Nothing is synced while it
/// runs. A process that is killed leaves files that are right, since what it wrote is the kernel's; after a power cut all of
/// them are dropped, which is told by the boot that they were written in. The directory may be emptied at any time.
package final class BlockCache: Sendable {
    /// How many bytes a file counts beside its content: what the file system needs for it.
    package static let overhead: Int64 = 4096
    private static let threadCount = 16
    private static let state = "state"

    private let directory: CacheDirectory
    private let pool: BlockingPool
    private let index: Mutex<FileCacheIndex>

    /// A cache in this directory, which is made when it is missing; `close` ends it.
    package init(directory: String, budget: Int64, maximumFiles: Int, reservedBytes: UInt64? = nil) {
        self.directory = CacheDirectory(path: directory, reservedBytes: reservedBytes)
        pool = BlockingPool(threadCount: Self.threadCount)
        index = Mutex(FileCacheIndex(budget: budget, maximumFiles: maximumFiles))
    }

    /// What it holds.
    package var usage: FileCache.Usage { index.withLock { $0.usage } }

    /// Runs what blocks on the cache's threads.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await pool.run(work)
    }

    /// Gets to know what an earlier run left, and removes what is too much of it, or all when the machine went down under it.
    ///
    /// - Throws: `StorageError` when the directory cannot be used; nothing may be made in it then.
    package func load() async throws {
        try await pool.run { [self] in
            _ = try directory.root()
            let (last, boot) = (try stateFile.read().map { String(decoding: $0, as: UTF8.self) }, try Self.boot())
            let isKept = last == "closed" || last == "open \(boot)"
            try stateFile.replace(with: Array("open \(boot)".utf8))
            try directory.forEachFile { found in
                guard isKept else { return directory.remove([found.name]) }
                index.withLock { $0.learn(found.name, size: found.allocated, modified: found.modified) }
            }
            directory.remove(index.withLock { $0.overflow() })
        }
    }

    /// Ends the threads of one that could not be loaded.
    package func abandon() async {
        await pool.shutdown()
    }

    /// Puts all on disk and ends the threads.
    package func close() async throws {
        await pool.shutdown()
        // Behind all that was under way there.
        let last = BlockingPool(threadCount: 1)
        let outcome = try await last.run { [self] in Result { try settle() } }
        await last.shutdown()
        try outcome.get()
    }

    private func settle() throws {
        let root = try directory.root()
        guard withExtendedLifetime(root, { clinux_sync_file_system(root.number) }) == 0 else {
            // What is on disk is unknown: the next run drops all.
            let failure = StorageError.lastSystemError("sync the cache")
            try root.unlink(Self.state)
            throw failure
        }
        try stateFile.replace(with: Array("closed".utf8))
    }

    private var stateFile: DurableFile { DurableFile("\(directory.path)/\(Self.state)") }

    /// What tells one boot of the machine from another.
    private static func boot() throws -> String {
        let file = try FileDescriptor(opening: "/proc/sys/kernel/random/boot_id")
        // It says that it is empty.
        return try withUnsafeTemporaryAllocation(byteCount: 36, alignment: 1) { buffer in
            String(decoding: buffer.prefix(try file.read(into: buffer, at: 0)), as: UTF8.self)
        }
    }
}

// MARK: - The index

extension BlockCache {
    /// Whether there is a file of this name, as far as is known.
    package func contains(_ name: String) -> Bool { index.withLock { $0.contains(name) } }

    /// Notes that the content of a file was used.
    package func use(_ name: String) { index.withLock { $0.use(name) } }

    /// Notes a file that has its name now, and nothing of its content.
    package func note(_ name: String) { index.withLock { $0.note(name, size: Self.overhead) } }

    /// Notes that so many bytes more of a file are there, or will be; fewer when they are negative.
    package func grow(_ name: String, by bytes: Int64) { index.withLock { $0.grow(name, by: bytes) } }

    /// The names of those that have to go since there is too much; they are forgotten, and `remove` is to be called.
    ///
    /// They are sought in a copy of the index: with many files that takes a while, and nobody waits for it.
    package func overflow() -> [String] {
        guard var copy = index.withLock({ $0.isTooLarge ? $0 : nil }) else { return [] }
        let gone = copy.overflow()
        index.withLock { index in
            for name in gone { index.forget(name) }
        }
        return gone
    }

    /// Lets nobody find this file any more.
    package func forget(_ name: String) { index.withLock { $0.forget(name) } }
}

// MARK: - Files

extension BlockCache {
    /// The file of this name; nil when it is not there or is no such file.
    package func open(_ name: String) async throws -> BlockFile? {
        try await pool.run { [self] in
            guard let descriptor = try directory.open(name, O_RDWR), let file = try BlockFile.read(descriptor) else {
                return nil
            }
            // The time tells the next run when it was used.
            futimens(descriptor.number, nil)
            return file
        }
    }

    /// Makes a file in the place of the one of this name; nil when there is no room for content of this size.
    package func make(
        _ name: String,
        size: Int64,
        blockLength: Int64,
        document: [UInt8]
    ) async throws -> BlockFile? {
        let footer = BlockFileFooter(size: size, blockLength: blockLength, document: document)
        guard Int64(footer.bytes.count) <= BlockFileFooter.longest else { return nil }
        return try await pool.run { [self] in
            guard try directory.hasRoom(for: size) else { return nil }
            let shelf = try directory.shelf(of: name)
            let temporary = directory.temporaryName(of: name)
            do {
                let file = try shelf.openExisting(temporary, O_RDWR | O_CREAT | O_EXCL)
                let made = try BlockFile.make(file, footer)
                try shelf.rename(temporary, to: shelf, name)
                return made
            } catch {
                _ = try? shelf.unlink(temporary)
                throw error
            }
        }
    }

    /// Whether the disk has room for so many bytes more; blocks.
    package func hasRoom(for size: Int64) throws -> Bool { try directory.hasRoom(for: size) }

    /// Removes the files of these names; who has one open keeps it.
    package func remove(_ names: [String]) async {
        guard !names.isEmpty else { return }
        try? await pool.run { [self] in directory.remove(names) }
    }
}
