import FoundationEssentials
import Glibc

extension StorageRoot {
    private struct Format: Codable {
        var format: Int
        var root: String
    }

    private static let currentFormat = 1
    private static let directories = [
        "buckets", "escaped", "versions", "multipart", "sidecar", "incoming", "intents", "lost", "cache",
    ]

    /// Opens a root, making it when it is new: takes its lock, checks its file system, sweeps unfinished uploads.
    ///
    /// Blocks. - Throws: `StorageError` that says what to do when another process uses the root, when its file system
    /// cannot keep what is needed, or when a newer Larder wrote it.
    static func open(_ path: String) throws -> StorageRoot {
        let directory = try openRoot(path)
        do {
            try makeLayout(directory)
            let lock = try takeLock(directory, root: path)
            let id = try readFormat(directory, root: path)
            let incoming = try directory.openExisting(".larder/incoming", O_RDONLY | O_DIRECTORY)
            try sweep(incoming)
            let hasUnnamedFiles = try RootProbe(directory: incoming, root: path).run()
            return StorageRoot(
                directory: directory,
                incoming: incoming,
                id: id,
                hasUnnamedFiles: hasUnnamedFiles,
                lock: lock
            )
        } catch let error as StorageError where [EROFS, EACCES, EPERM].contains(error.cause) {
            throw StorageError(
                .unsuitableRoot,
                "the storage root \(path) is not writable (\(error.message)); make it writable for the server's user, "
                    + "or choose another with --storage",
                cause: error.cause
            )
        }
    }

    /// Opens a root that is there without changing anything but its lock.
    ///
    /// - Throws: `StorageError` when it is none, or when another process holds it.
    static func inspect(_ path: String) throws -> StorageRoot {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StorageError.lastSystemError("open the storage root \(path)") }
        let directory = FileDescriptor(taking: descriptor)
        guard try directory.open(".larder/format.json") != nil else {
            throw StorageError(.unsuitableRoot, "\(path) is no storage root: it has no .larder/format.json")
        }
        let lock = try takeLock(directory, root: path)
        return StorageRoot(
            directory: directory,
            incoming: try directory.openExisting(".larder/incoming", O_RDONLY | O_DIRECTORY),
            id: try readFormat(directory, root: path),
            hasUnnamedFiles: false,
            lock: lock
        )
    }

    private static func openRoot(_ path: String) throws -> FileDescriptor {
        let isNew = mkdir(path, 0o755) == 0
        guard isNew || errno == EEXIST else { throw StorageError.lastSystemError("make the storage root \(path)") }
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StorageError.lastSystemError("open the storage root \(path)") }
        let root = FileDescriptor(taking: descriptor)
        if isNew { try syncParent(of: root, path) }
        return root
    }

    private static func syncParent(of root: FileDescriptor, _ path: String) throws {
        let parent = openat(root.number, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { throw StorageError.lastSystemError("open the directory of the storage root \(path)") }
        try FileDescriptor(taking: parent).sync("the directory of the storage root \(path)")
    }

    private static func makeLayout(_ root: FileDescriptor) throws {
        _ = try root.makeDirectory("buckets", mode: 0o755)
        _ = try root.makeDirectory(".larder", mode: 0o700)
        let larder = try root.openExisting(".larder", O_RDONLY | O_DIRECTORY)
        for name in directories { _ = try larder.makeDirectory(name, mode: 0o700) }
        try larder.sync("the storage root")
        try root.sync("the storage root")
    }

    private static func readFormat(_ root: FileDescriptor, root path: String) throws -> String {
        guard let file = try root.open(".larder/format.json") else { return try writeFormat(root) }
        let bytes = Data(try file.readAll(limit: 4_096))
        guard let format = try? JSONDecoder().decode(Format.self, from: bytes) else {
            throw StorageError(.unsuitableRoot, "\(path)/.larder/format.json cannot be read; restore it from a backup")
        }
        guard format.format <= currentFormat else {
            throw StorageError(
                .newerFormat,
                "the storage root \(path) has format \(format.format), written by a newer Larder; this one knows up to "
                    + "\(currentFormat)"
            )
        }
        return format.root
    }

    private static func writeFormat(_ root: FileDescriptor) throws -> String {
        let format = Format(format: currentFormat, root: UUID().uuidString.lowercased())
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let larder = try root.openExisting(".larder", O_RDONLY | O_DIRECTORY)
        try larder.replaceFile("format.json", with: Array(encoder.encode(format)))
        try larder.sync("the storage root")
        return format.root
    }

    private static func sweep(_ directory: FileDescriptor) throws {
        for entry in try directory.entries() {
            guard let name = entry.name else { continue }
            if entry.kind == .directory, let inner = try directory.openDirectory(name) {
                try sweep(inner)
                directory.removeDirectory(name)
            } else {
                try directory.unlink(name)
            }
        }
    }
}

extension FileDescriptor {
    /// Replaces a file in this directory as a whole: write, sync, rename; the directory is left to be synced.
    func replaceFile(_ name: String, with bytes: [UInt8]) throws {
        let temporary = ".\(name).\(Nonce.make())"
        do {
            let file = try openExisting(temporary, O_WRONLY | O_CREAT | O_EXCL)
            try bytes.withUnsafeBytes { try file.write($0, at: 0) }
            try file.sync(name)
            try rename(temporary, to: self, name)
        } catch {
            _ = try? unlink(temporary)
            throw error
        }
    }
}
