import CLinux
import Glibc
import S3Protocol

/// What can be told of a storage root, or of the place where one would be made, without opening it.
package struct RootExamination: Sendable {
    /// The directory that was looked at: the root, or the nearest one above that is there.
    package let place: String
    /// Whether there is a root already.
    package let isRoot: Bool
    /// The process that holds the root, by what it wrote down; nil when none does.
    package let holder: String?
    /// The type of the file system.
    package let fileSystem: FileSystemKind
    /// Whether unfinished uploads need no names (O_TMPFILE).
    package let hasUnnamedFiles: Bool
    /// Whether copies share blocks (FICLONE).
    package let hasClones: Bool
    /// How long a small write and its sync take, the median of a few.
    package let syncTime: Duration
    /// Bytes that this user may still write.
    package let freeBytes: UInt64
    /// All bytes of the file system.
    package let totalBytes: UInt64
    /// Bytes that the server would keep free.
    package let reservedBytes: UInt64
    /// When the root was last held, in nanoseconds since the epoch; nil when it never was.
    package let lastUsed: Int64?

    /// Looks at the place by making files there that are gone afterwards; blocks.
    ///
    /// - Throws: `StorageError` that says what keeps a root from being here.
    package init(root path: String, reservedBytes: UInt64?) throws {
        let (place, directory) = try Self.nearest(path)
        self.place = place
        isRoot = try Glibc.access(path, F_OK) == 0 && directory.open(".larder/format.json") != nil
        let incoming = isRoot ? try directory.openExisting(".larder/incoming", O_RDONLY | O_DIRECTORY) : directory
        holder = isRoot ? try Self.holder(directory) : nil
        lastUsed = isRoot ? try directory.facts(ofName: ".larder/lock")?.modified : nil
        fileSystem = FileSystemKind(of: directory)
        var space = clinux_space()
        guard clinux_space_of(directory.number, &space) == 0 else {
            throw StorageError.lastSystemError("ask for free space")
        }
        (freeBytes, totalBytes) = (space.free_bytes, space.total_bytes)
        self.reservedBytes = reservedBytes ?? StorageRoot.standardReserve(ofTotal: space.total_bytes)
        guard space.is_read_only == 0 else {
            throw StorageError(.unsuitableRoot, "the file system of \(place) is mounted read-only", cause: EROFS)
        }
        try Self.checkResolving(incoming)
        hasUnnamedFiles = try RootProbe(directory: incoming, root: place).run()
        hasClones = try Self.clones(incoming)
        syncTime = try Self.timeOfSync(incoming)
    }

    private static func nearest(_ path: String) throws -> (String, FileDescriptor) {
        var place = path.isEmpty ? "." : path
        while true {
            let descriptor = Glibc.open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if descriptor >= 0 { return (place, FileDescriptor(taking: descriptor)) }
            guard errno == ENOENT, place != "/", place != "." else {
                throw StorageError.lastSystemError("open the storage root \(place)")
            }
            place = folder(of: place)
        }
    }

    private static func folder(of path: String) -> String {
        let bytes = path.utf8
        var end = bytes.endIndex
        while end > bytes.startIndex, bytes[bytes.index(before: end)] == UInt8(ascii: "/") {
            end = bytes.index(before: end)
        }
        guard let slash = bytes[..<end].lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == bytes.startIndex ? "/" : String(path[..<slash])
    }

    /// Asks for the lock and gives it back: a server that starts in this very moment would find it taken.
    private static func holder(_ root: FileDescriptor) throws -> String? {
        guard let lock = try root.open(".larder/lock") else { return nil }
        guard flock(lock.number, LOCK_SH | LOCK_NB) != 0 else {
            _ = flock(lock.number, LOCK_UN)
            return nil
        }
        return ByteText.trimmed(String(decoding: (try? lock.readAll(limit: 32)) ?? [], as: UTF8.self))
    }

    /// Paths of keys are resolved by openat2 (Linux 5.6), so that none leaves the root.
    private static func checkResolving(_ directory: FileDescriptor) throws {
        let descriptor = clinux_open_beneath(directory.number, ".", O_RDONLY | O_DIRECTORY, 0)
        guard descriptor < 0 else {
            _ = close(descriptor)
            return
        }
        guard errno == ENOSYS || errno == EPERM else {
            throw StorageError.lastSystemError("resolve a path in the storage root")
        }
        throw StorageError(
            .unsuitableRoot,
            "openat2 is not to be had, which keeps keys inside of the root; use Linux 5.6 or later, and allow it in the "
                + "container's seccomp profile",
            cause: errno
        )
    }

    private static func clones(_ directory: FileDescriptor) throws -> Bool {
        let (one, other) = (try Scratch(directory), try Scratch(directory))
        try one.write([UInt8](repeating: 1, count: 4096))
        return clinux_clone(one.file.number, other.file.number) == 0
    }

    private static func timeOfSync(_ directory: FileDescriptor) throws -> Duration {
        let scratch = try Scratch(directory)
        let bytes = [UInt8](repeating: 2, count: 4096)
        var times: [Duration] = []
        for _ in 0..<5 {
            let start = ContinuousClock.now
            try scratch.write(bytes)
            try scratch.file.sync("a trial file")
            times.append(ContinuousClock.now - start)
        }
        return times.sorted()[2]
    }

    /// A file that is gone when this object goes.
    private final class Scratch {
        let file: FileDescriptor
        private let directory: FileDescriptor
        private let name = "probe-\(Nonce.make())"

        init(_ directory: FileDescriptor) throws {
            self.directory = directory
            file = try directory.openExisting(name, O_RDWR | O_CREAT | O_EXCL)
        }

        func write(_ bytes: [UInt8]) throws {
            try bytes.withUnsafeBytes { try file.write($0, at: 0) }
        }

        deinit {
            _ = try? directory.unlink(name)
        }
    }
}
