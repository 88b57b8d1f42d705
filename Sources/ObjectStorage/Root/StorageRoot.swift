import Glibc
import S3Protocol
import Synchronization

/// The directory that holds everything, in use by this process alone as long as this object lives.
final class StorageRoot: Sendable {
    /// The root itself; all paths are relative to it.
    let directory: FileDescriptor
    /// Where uploads are written before they have a place.
    let incoming: FileDescriptor
    /// The root's own id: an index of another root is not trusted.
    let id: String
    /// Whether the file system has unnamed files.
    let hasUnnamedFiles: Bool
    /// Which directories need no sync of their parent any more.
    let synced = SyncedDirectories()
    /// Syncs of directories that several requests have changed.
    private let shared = SharedSyncs()
    /// Whether a sync of the whole file system proves what one of each file would.
    let hasSoundSyncs: Bool
    /// Whether bytes that replace others of a file go where these were.
    let replacesInPlace: Bool
    /// Whether a log is better filled with zeros ahead of its lines.
    let fillsAhead: Bool
    /// Whether files keep times to the nanosecond, if one does.
    let mayKeepNanoseconds: Bool
    /// Whether a file's time was seen to be kept to the nanosecond.
    let keepsNanoseconds = Atomic(false)
    fileprivate let lock: FileDescriptor
    private let readOnlyReason = Mutex<String?>(nil)
    /// Held by the sync of the whole file system.
    let syncing = Mutex(())
    /// Follows what is done by hand, if anything does; told of what is done here.
    private let watching = Mutex<DirectoryWatcher?>(nil)
    /// What is left on the disk for what has to go on when it is full.
    let reserve = SpaceReserve()

    init(
        directory: FileDescriptor,
        incoming: FileDescriptor,
        id: String,
        hasUnnamedFiles: Bool,
        lock: FileDescriptor
    ) {
        self.directory = directory
        self.incoming = incoming
        self.id = id
        self.hasUnnamedFiles = hasUnnamedFiles
        self.lock = lock
        let kind = FileSystemKind(of: directory)
        (hasSoundSyncs, replacesInPlace) = (kind.tellsOfSyncs, kind.replacesInPlace)
        fillsAhead = kind.replacesInPlace && kind.flushesReplaced
        mayKeepNanoseconds = kind.mayKeepNanoseconds
    }

    // MARK: Watching

    /// Follows what is done by hand, nil when nothing does.
    var watcher: DirectoryWatcher? { watching.withLock { $0 } }

    /// Has this follow what is done by hand.
    func setWatcher(_ watcher: DirectoryWatcher) {
        watching.withLock { $0 = watcher }
    }

    /// Changes a name in a directory without being told of it by the watcher; false or an error says that it did not.
    func changing(_ name: String, in directory: String, _ change: () throws -> Bool) rethrows -> Bool {
        guard let watcher else { return try change() }
        watcher.expect(name, in: directory)
        do {
            let isChanged = try change()
            if !isChanged { watcher.unexpect(name, in: directory) }
            return isChanged
        } catch {
            watcher.unexpect(name, in: directory)
            throw error
        }
    }

    // MARK: Read-only

    /// Whether writes are refused.
    var isReadOnly: Bool { readOnlyReason.withLock { $0 != nil } }

    /// Refuses all writes from now on until a restart: what is on disk is unknown after a failed sync.
    func makeReadOnly(because reason: String) {
        readOnlyReason.withLock { $0 = $0 ?? reason }
    }

    /// Throws once the root is read-only; asked before a write begins, and after its last sync.
    func checkWritable() throws {
        guard let reason = readOnlyReason.withLock({ $0 }) else { return }
        throw StorageError(.readOnly, "\(reason); look at the disk, then restart")
    }

    // MARK: Syncs

    /// Syncs a file that has no place yet: a failure concerns its request only.
    func sync(
        _ file: FileDescriptor,
        _ what: @autoclosure () -> String,
        _ durability: Durability = .strict
    ) throws {
        guard durability == .strict else { return }
        try file.sync(what())
    }

    /// Syncs something that is part of the root already; a failure makes the root read-only.
    func syncPublished(
        _ file: FileDescriptor,
        _ what: @autoclosure () -> String,
        _ durability: Durability = .strict
    ) throws {
        guard durability == .strict else { return }
        do {
            try file.sync(what())
        } catch let error as StorageError {
            makeReadOnly(because: error.message)
            throw StorageError(.readOnly, error.message, cause: error.cause)
        }
    }

    /// Syncs a directory after a change in it, together with others who have changed it; a failure makes the root
    /// read-only.
    func syncChanged(
        _ directory: FileDescriptor,
        at path: String,
        _ durability: Durability
    ) throws {
        guard durability == .strict else { return }
        try shared.sync(directory.facts().inode) { try syncPublished(directory, "the directory \(path)") }
    }

    /// A directory and what has to be synced with it, all of it open.
    ///
    /// Opened before something is published: afterwards a failure would leave the client without a true answer.
    struct Branch {
        fileprivate let directory: FileDescriptor
        fileprivate let path: String
        /// Each ancestor whose own entry is not known to be on disk, with the directory that holds it.
        fileprivate let unsynced: [(path: String, parent: FileDescriptor)]
    }

    /// A directory that is about to be changed.
    func branch(_ directory: FileDescriptor, at path: String, _ durability: Durability) throws -> Branch {
        guard durability == .strict, !synced.containsAll(upTo: path) else {
            return Branch(directory: directory, path: path, unsynced: [])
        }
        let unsynced = try Self.ancestors(of: path).filter { !synced.contains($0.path) }.compactMap { ancestor in
            try self.directory.openDirectory(ancestor.parent).map { (ancestor.path, $0) }
        }
        return Branch(directory: directory, path: path, unsynced: unsynced)
    }

    /// Syncs a directory after a change in it, and the entry of each of its ancestors not known to be on disk.
    func sync(_ branch: Branch, _ durability: Durability) throws {
        guard durability == .strict else { return }
        try syncChanged(branch.directory, at: branch.path, durability)
        for (path, parent) in branch.unsynced {
            try syncPublished(parent, "the directory of \(path)")
            synced.insert(path)
        }
    }

    // MARK: Directories

    /// What came of opening a directory.
    enum OpenedDirectory {
        case opened(FileDescriptor)
        /// Something that is no directory of this file system is in the way.
        case obstructed
        /// A directory on the way was removed meanwhile.
        case vanished
    }

    /// Opens a directory below the root; makes what is missing of it, except its first two names.
    func openMakingParents(_ path: String) throws -> OpenedDirectory {
        if let found = try directory.openDirectory(path) { return .opened(found) }
        var parent = directory
        var walked = ""
        for (depth, name) in path.pathSegments.enumerated() {
            walked += depth == 0 ? name : "/" + name
            if depth >= 2, try makeDirectory(name, in: parent, path: walked) == false { return .vanished }
            guard let next = try parent.openDirectory(name) else {
                return try parent.facts(ofName: name) == nil && depth >= 2 ? .vanished : .obstructed
            }
            parent = next
        }
        return .opened(parent)
    }

    private func makeDirectory(_ name: String, in parent: FileDescriptor, path: String) throws -> Bool {
        let mode: mode_t = path.utf8.starts(with: "buckets/".utf8) ? 0o755 : 0o700
        do {
            let above = path.pathSegments.dropLast().joined(separator: "/")
            if try changing(name, in: above, { try parent.makeDirectory(name, mode: mode) }) {
                synced.remove(path)
                watcher?.watch(path)
            }
            return true
        } catch let error as StorageError where error.cause == ENOENT {
            return false
        }
    }

    /// Removes a directory and then its ancestors as far as they are empty, but not the first two names.
    func removeEmptyDirectories(from path: String) throws {
        for ancestor in Self.ancestors(of: path) {
            guard let parent = try directory.openDirectory(ancestor.parent) else { continue }
            synced.remove(ancestor.path)
            guard changing(ancestor.name, in: ancestor.parent, { parent.removeDirectory(ancestor.name) }) else {
                return
            }
        }
    }

    /// A path and its ancestors, the deepest first, without those of one or two names.
    private static func ancestors(of path: String) -> [(path: String, parent: String, name: String)] {
        let names = path.pathSegments
        return stride(from: names.count, to: 2, by: -1).map { count in
            let parent = names.prefix(count - 1).joined(separator: "/")
            return ("\(parent)/\(names[count - 1])", parent, names[count - 1])
        }
    }
}

extension StorageRoot {
    /// Lets another process have the root; nothing may be written from now on.
    func releaseLock() {
        makeReadOnly(because: "the store is closed")
        _ = flock(lock.number, LOCK_UN)
    }
}
