import CLinux
import Glibc

/// A directory of files that can be had again, on 256 shelves, so that no directory becomes too long; every call blocks.
struct CacheDirectory: Sendable {
    private static let temporaryPrefix = "."

    /// The directory's path.
    let path: String
    /// How much of the disk uploads leave free; nil for the standard.
    let reservedBytes: UInt64?

    /// What a file of an earlier run is known by.
    struct Found {
        let name: String
        let size: Int64
        /// How many bytes of the disk it has: less than `size` for a file with holes.
        let allocated: Int64
        let modified: Int64
    }

    /// The directory, which is made when it is missing.
    func root() throws -> FileDescriptor {
        var made = ""
        for segment in path.split(separator: "/", omittingEmptySubsequences: false) {
            made += segment + "/"
            guard made != "/", mkdir(made, 0o700) != 0, errno != EEXIST else { continue }
            throw StorageError.lastSystemError("make the directory \(made)")
        }
        return try FileDescriptor(opening: path)
    }

    /// The shelf that a file of this name lies on.
    func shelf(of name: String) throws -> FileDescriptor {
        let (root, shelf) = (try root(), String(name.prefix(2)))
        _ = try root.makeDirectory(shelf, mode: 0o700)
        return try root.openExisting(shelf, O_RDONLY | O_DIRECTORY)
    }

    /// A name for a file before it is whole; `forEachFile` removes what has one.
    func temporaryName(of name: String) -> String {
        "\(Self.temporaryPrefix)\(name).\(UInt64.random(in: .min ... .max))"
    }

    /// The file of this name; nil when it is not there, or is no file.
    func open(_ name: String, _ flags: CInt = O_RDONLY) throws -> FileDescriptor? {
        let number = Glibc.open("\(path)/\(name.prefix(2))/\(name)", flags | O_CLOEXEC | O_NOFOLLOW)
        if number >= 0 { return FileDescriptor(taking: number) }
        guard [ENOENT, ENOTDIR, ELOOP, EISDIR].contains(errno) else {
            throw StorageError.lastSystemError("open a file of the cache")
        }
        return nil
    }

    /// Whether so many bytes more leave enough of the disk free: twice as much as uploads do, since a cache is what goes
    /// without first.
    func hasRoom(for size: Int64) throws -> Bool {
        let root = try root()
        var space = clinux_space()
        guard withExtendedLifetime(root, { clinux_space_of(root.number, &space) }) == 0 else {
            throw StorageError.lastSystemError("ask for the free space of the cache")
        }
        let reserved = reservedBytes ?? StorageRoot.standardReserve(ofTotal: space.total_bytes)
        let needed = UInt64(size)
        return space.free_bytes > needed && (space.free_bytes - needed) / 2 > reserved
    }

    /// Calls `body` with every file; removes what a run that was killed left, and what was put there by hand.
    func forEachFile(_ body: (Found) -> Void) throws {
        let root = try root()
        for folder in try root.entries() where folder.kind == .directory {
            guard let prefix = folder.name, let shelf = try root.openDirectory(prefix) else { continue }
            try shelf.forEachEntry { entry in
                guard let name = entry.name, entry.kind == .file else { return true }
                guard !name.hasPrefix(Self.temporaryPrefix), name.hasPrefix(prefix) else {
                    try shelf.unlink(name)
                    return true
                }
                if let found = Self.facts(shelf, name) { body(found) }
                return true
            }
        }
    }

    private static func facts(_ shelf: FileDescriptor, _ name: String) -> Found? {
        var facts = stat()
        guard fstatat(shelf.number, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        return Found(
            name: name,
            size: Int64(facts.st_size),
            allocated: Int64(facts.st_blocks) * 512,
            modified: Int64(facts.st_mtim.tv_sec) * 1_000_000_000 + Int64(facts.st_mtim.tv_nsec)
        )
    }

    /// Removes the files of these names that are there.
    func remove(_ names: [String]) {
        for name in names { unlink("\(path)/\(name.prefix(2))/\(name)") }
    }

    /// Now, in ns since the epoch.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
