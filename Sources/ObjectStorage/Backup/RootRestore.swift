import FoundationEssentials
import Glibc
import S3Protocol

/// Brings a backup of records and settings back into a root that no server holds.
package struct RootRestore: Sendable {
    private let root: FileDescriptor
    private let rootPath: String
    private let backup: FileDescriptor
    private let backupPath: String
    private let lock: FileDescriptor

    /// Takes the root's lock; makes the root when there is none.
    ///
    /// - Throws: `StorageError` when a server holds the root, when the backup is none or not complete, or when it is that
    ///   of another root and `force` is not given.
    package init(backup backupPath: String, root rootPath: String, force: Bool) throws {
        self.backupPath = backupPath
        self.rootPath = rootPath
        backup = try FileDescriptor(opening: backupPath)
        guard let bytes = try backup.open(RootBackup.manifest)?.readAll(limit: 4_096),
            let manifest = try? JSONDecoder().decode(RootBackup.Manifest.self, from: Data(bytes)),
            manifest.version == 1
        else {
            throw StorageError(
                .failed,
                "\(backupPath) is no complete backup: \(RootBackup.manifest) is missing or damaged"
            )
        }
        guard mkdir(rootPath, 0o755) == 0 || errno == EEXIST else {
            throw StorageError.lastSystemError("make the storage root \(rootPath)")
        }
        root = try FileDescriptor(opening: rootPath)
        _ = try root.makeDirectory(".larder", mode: 0o700)
        _ = try root.makeDirectory("buckets", mode: 0o755)
        lock = try StorageRoot.takeLock(root, root: rootPath)
        try checkOwner(manifest, force: force)
    }

    private func checkOwner(_ manifest: RootBackup.Manifest, force: Bool) throws {
        struct Format: Decodable { var root: String }
        guard !force, let bytes = try root.open(".larder/format.json")?.readAll(limit: 4_096),
            let format = try? JSONDecoder().decode(Format.self, from: Data(bytes)), format.root != manifest.root
        else { return }
        throw StorageError(
            .failed,
            "the backup is that of another storage root (\(manifest.root), not \(format.root)); its buckets would not be "
                + "those of the objects here. Use --force if you know that they are"
        )
    }

    /// Puts every file in its place; what was there is kept beside it as `NAME.before-restore`.
    ///
    /// The index is removed: it is made again from the objects. - Returns: the files that were put in place.
    package func run() throws -> [String] {
        let larder = try root.openExisting(".larder", O_RDONLY | O_DIRECTORY)
        _ = try larder.makeDirectory("buckets", mode: 0o700)
        var restored: [String] = []
        for name in RootBackup.files.compactMap(\.pathSegments.last) {
            if try restore(name, from: backup, to: larder) { restored.append(".larder/\(name)") }
        }
        let (from, to) = (
            try backup.openExisting("buckets", O_RDONLY | O_DIRECTORY),
            try larder.openExisting("buckets", O_RDONLY | O_DIRECTORY)
        )
        for entry in try from.entries() {
            guard let name = entry.name else { continue }
            if try restore(name, from: from, to: to) { restored.append(".larder/buckets/\(name)") }
        }
        try to.sync("the buckets' settings")
        if try restoreRecords(larder) { restored.append(RootBackup.records) }
        for suffix in ["", "-wal", "-shm"] { try larder.unlink("index.sqlite" + suffix) }
        try larder.sync("the storage root")
        return restored
    }

    private func restore(
        _ name: String,
        from source: FileDescriptor,
        to target: FileDescriptor
    ) throws -> Bool {
        guard let bytes = try source.open(name)?.readAll(limit: 16 << 20) else { return false }
        if let old = try target.open(name) {
            guard try old.readAll(limit: 16 << 20) != bytes else { return true }
            try target.rename(name, to: target, try Self.freeName(name, in: target))
        }
        try target.replaceFile(name, with: bytes)
        return true
    }

    /// A name for what was there, beside those that earlier restores have kept.
    private static func freeName(_ name: String, in directory: FileDescriptor) throws -> String {
        for number in 1...10_000 {
            let candidate = "\(name).before-restore" + (number == 1 ? "" : ".\(number)")
            let isFree = try ["", "-wal", "-shm"].allSatisfy { try directory.facts(ofName: candidate + $0) == nil }
            if isFree { return candidate }
        }
        throw StorageError(.failed, "there are too many \(name).before-restore files; remove those you do not need")
    }

    private func restoreRecords(_ larder: FileDescriptor) throws -> Bool {
        let name = "records.sqlite"
        guard let source = try backup.open(name) else { return false }
        let temporary = "\(name).restoring"
        try larder.unlink(temporary)
        let copy = try larder.openExisting(temporary, O_RDWR | O_CREAT | O_EXCL)
        _ = try copy.copyContent(of: source, size: source.facts().size)
        try copy.sync("the records")
        let kept = try Self.freeName(name, in: larder)
        for suffix in ["", "-wal", "-shm"] where try larder.facts(ofName: name + suffix) != nil {
            try larder.rename(name + suffix, to: larder, kept + suffix)
        }
        try larder.rename(temporary, to: larder, name)
        return true
    }
}
