import GRDB
import Glibc
package import Logging
import ObjectStorage
import S3Protocol

/// What is known of each key of mirrored buckets, in `.larder/mirror.sqlite`.
///
/// Every commit is synced. Can be deleted while no server runs: every key is compared with the remote then.
package final class MirrorTable: Sendable {
    let database: DatabasePool

    private init(_ database: DatabasePool) {
        self.database = database
    }

    /// Opens the file, or makes an empty one when there is none or what is there is damaged.
    ///
    /// Blocks on the disk.
    ///
    /// - Throws: `StorageError` with `newerFormat` when a newer Larder wrote it; SQLite's other errors.
    package static func open(at path: String, log: Logger) throws -> MirrorTable {
        do {
            let table = MirrorTable(try connect(path))
            try table.migrate(path)
            return table
        } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
            log.error(
                "the mirror's table cannot be read; all keys are compared with the remote",
                metadata: ["error": "\(error)"]
            )
            for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
            let table = MirrorTable(try connect(path))
            try table.migrate(path)
            return table
        }
    }

    private static func connect(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "larder.mirror"
        configuration.busyMode = .timeout(10)
        let database = try DatabasePool(path: path, configuration: configuration)
        // GRDB relaxes this when it turns the log on; what is flushed has no intent any more.
        try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return database
    }

    private func migrate(_ path: String) throws {
        let (found, schema) = (try database.read(MirrorSchema.version(of:)), MirrorSchema.current)
        guard found <= schema.version else {
            throw StorageError(
                .newerFormat,
                "\(path) has version \(found), made by a newer Larder; this one knows up to \(schema.version). Start the "
                    + "newer Larder, or delete the file: all keys are compared with the remote then"
            )
        }
        guard found < schema.version else { return }
        if found > 0 { try DatabaseCopy.make(ofDatabase: path, at: "\(path).version-\(found)") }
        try database.write { try schema.migrate($0, from: found) }
    }

    /// Ends the use of the file.
    package func close() {
        _ = try? database.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try? database.close()
    }
}
