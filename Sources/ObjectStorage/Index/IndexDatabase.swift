import FoundationEssentials
import GRDB
import Glibc
import Logging
import S3Protocol

/// The derived index: ordered keys.
///
/// Can be deleted at any time; everything here blocks.
final class IndexDatabase: Sendable {
    /// The schema that this program writes; an index of a newer one is refused.
    static let schemaVersion = 1

    let pool: DatabasePool

    private init(pool: DatabasePool) {
        self.pool = pool
    }

    /// Whether an index file lies at this path.
    static func exists(at path: String) -> Bool {
        access(path, F_OK) == 0
    }

    /// Opens the index, or makes an empty one when there is none or what is there is damaged; `isNew` says which.
    ///
    /// - Throws: `StorageError.Code.newerFormat` when a newer Larder wrote it.
    static func open(at path: String, rootID: String, log: Logger) throws -> (index: IndexDatabase, isNew: Bool) {
        guard exists(at: path) else { return (try make(at: path, rootID: rootID), true) }
        do {
            let index = try IndexDatabase(pool: connect(path))
            try index.checkSound(path)
            guard try index.rootID() == rootID else {
                log.warning("the index belongs to another storage root and is rebuilt")
                return (try replace(index, at: path, rootID: rootID), true)
            }
            return (index, false)
        } catch let error as DatabaseError {
            log.error("the index cannot be read and is rebuilt", metadata: ["error": "\(error)"])
            return (try replace(nil, at: path, rootID: rootID), true)
        }
    }

    /// Closes this index and puts an empty one into its place.
    static func replace(_ index: IndexDatabase?, at path: String, rootID: String) throws -> IndexDatabase {
        try? index?.pool.close()
        for suffix in ["", "-wal", "-shm"] where unlink(path + suffix) != 0 && errno != ENOENT {
            throw StorageError.lastSystemError("remove the index \(path)")
        }
        return try make(at: path, rootID: rootID)
    }

    /// The checkpoint number: segments below it are in the index.
    func checkpointNumber() throws -> Int64 {
        try pool.read { try Int64.fetchOne($0, sql: "SELECT value FROM meta WHERE name = 'checkpoint'") } ?? 0
    }

    /// The ids of the buckets it knows, and whether all their keys are in it.
    func buckets() throws -> [String: Bool] {
        try pool.read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT id, complete FROM buckets")
            return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// The row of a key.
    func row(of key: ObjectKey, bucketID: String) throws -> IndexRow? {
        try pool.read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT key, seq, version, size, mtime, etag, checksum, class FROM objects
                    WHERE bucket = (SELECT number FROM buckets WHERE id = ?) AND key = ?
                    """
            )
            return try Row.fetchOne(statement, arguments: [bucketID, Data(key.utf8)]).map(IndexRow.init(row:))
        }
    }

    /// Ends the use of the file.
    func close() {
        try? pool.close()
    }

    private func rootID() throws -> String? {
        try pool.read { try String.fetchOne($0, sql: "SELECT value FROM meta WHERE name = 'root'") }
    }

    /// Throws `DatabaseError` for a damaged file: small ones are read through, of large ones the length must fit.
    private func checkSound(_ path: String) throws {
        let version = try pool.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
        guard version <= Self.schemaVersion else {
            throw StorageError(
                .newerFormat,
                "the index \(path) has schema \(version), written by a newer Larder; this one knows up to "
                    + "\(Self.schemaVersion). Use the newer Larder, or delete the index: it is rebuilt"
            )
        }
        guard version == Self.schemaVersion else { throw DatabaseError(resultCode: .SQLITE_CORRUPT) }
        let pages = try pool.read { try Int64.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        guard pages <= 16_384 else { return }
        let verdict = try pool.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
        guard verdict == "ok" else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: verdict) }
    }

    private static func connect(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "index"
        configuration.maximumReaderCount = 8
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
        return try DatabasePool(path: path, configuration: configuration)
    }

    private static func make(at path: String, rootID: String) throws -> IndexDatabase {
        let pool = try connect(path)
        try pool.write { database in
            try database.execute(
                sql: """
                    CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
                    CREATE TABLE buckets(
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        id TEXT NOT NULL UNIQUE,
                        complete INTEGER NOT NULL
                    );
                    CREATE TABLE objects(
                        bucket INTEGER NOT NULL,
                        key BLOB NOT NULL,
                        seq INTEGER NOT NULL,
                        version TEXT NOT NULL,
                        size INTEGER NOT NULL,
                        mtime INTEGER NOT NULL,
                        etag TEXT NOT NULL,
                        checksum TEXT,
                        class TEXT,
                        PRIMARY KEY(bucket, key)
                    ) WITHOUT ROWID;
                    PRAGMA user_version = \(schemaVersion);
                    """
            )
            try database.execute(sql: "INSERT INTO meta VALUES ('root', ?), ('checkpoint', 0)", arguments: [rootID])
        }
        return IndexDatabase(pool: pool)
    }
}

extension IndexRow {
    /// The row that a statement gave: key, seq, version, size, mtime, etag, checksum, class.
    init(row: Row) throws {
        self.init(
            key: try ObjectKey(utf8: Array(row[0] as Data)),
            sequence: row[1],
            version: row[2],
            size: row[3],
            modified: row[4],
            etag: row[5],
            checksumAlgorithm: row[6],
            storageClass: row[7]
        )
    }
}
