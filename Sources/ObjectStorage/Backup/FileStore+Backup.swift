import FoundationEssentials
import Glibc
import S3Protocol

extension FileStore {
    /// Writes a consistent copy of the records, the buckets' settings and the keys to a new directory, while serving.
    ///
    /// Objects are not in it: they are plain files, and any tool copies them. The directory is complete once it has
    /// its manifest.
    ///
    /// - Throws: `StorageError` when the directory is there already and not empty, or cannot be written.
    package func backUp(to path: String, _ report: CheckReport) async throws {
        report.begin("backup to \(path)")
        let made = clock().iso8601
        try await pool.run { [root, rootPath = configuration.root] in
            let target = try Self.newDirectory(path)
            _ = try target.makeDirectory("buckets", mode: 0o700)
            for file in RootBackup.files {
                guard let bytes = try root.directory.open(file)?.readAll(limit: 1 << 20) else { continue }
                try target.replaceFile(Self.name(of: file), with: bytes)
                report.count(1, bytes: Int64(bytes.count))
            }
            try Self.copySettings(root, to: target, report)
            // Last: what the records name was there before.
            if try root.directory.facts(ofPath: RootBackup.records) != nil {
                try DatabaseCopy.make(
                    ofDatabase: "\(rootPath)/\(RootBackup.records)",
                    at: "\(path)/\(Self.name(of: RootBackup.records))"
                )
                report.count(1)
            }
            let manifest = RootBackup.Manifest(version: 1, root: root.id, made: made)
            try target.replaceFile(RootBackup.manifest, with: Array(try JSONEncoder().encode(manifest)))
            try target.sync("the backup")
        }
    }

    private static func copySettings(_ root: StorageRoot, to target: FileDescriptor, _ report: CheckReport) throws {
        let (source, copies) = (
            try root.directory.openExisting(RootBackup.buckets, O_RDONLY | O_DIRECTORY),
            try target.openExisting("buckets", O_RDONLY | O_DIRECTORY)
        )
        for entry in try source.entries() {
            // Names with a dot in front are being written.
            guard let name = entry.name, entry.bytes.first != UInt8(ascii: "."), let file = try source.open(name) else {
                continue
            }
            try copies.replaceFile(name, with: file.readAll(limit: 16 << 20))
            report.count(1)
        }
        try copies.sync("the backup")
    }

    private static func name(of path: String) -> String {
        path.pathSegments.last ?? path
    }

    private static func newDirectory(_ path: String) throws -> FileDescriptor {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw StorageError.lastSystemError("make \(path)") }
        let directory = try FileDescriptor(opening: path)
        guard try directory.entries().isEmpty else {
            throw StorageError(.failed, "\(path) is not empty; name a directory that is new or empty")
        }
        return directory
    }
}
