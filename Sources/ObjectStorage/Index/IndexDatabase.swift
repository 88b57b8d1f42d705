import FoundationEssentials
import GRDB
import Glibc
import Logging
import S3Protocol

/// The derived index: ordered keys.
///
/// Can be deleted at any time; everything here blocks.
final class IndexDatabase: Sendable {
    let pool: DatabasePool

    private init(pool: DatabasePool) {
        self.pool = pool
    }

    /// What an index file is worth, as far as can be told without changing it.
    enum Inspection: Sendable {
        /// There is none.
        case missing
        /// It cannot be read; the text says why.
        case damaged(String)
        /// It is not of the root, or not of the time of the files.
        case stale(String)
        /// It can be compared with the files.
        case sound(IndexDatabase)
    }

    /// Looks at the index of a root whose intent segments have these numbers.
    static func inspect(at path: String, rootID: String, segments: [Int64]) -> Inspection {
        guard exists(at: path) else { return .missing }
        do {
            let index = try IndexDatabase(pool: connect(path))
            try index.checkSound()
            let schema = try index.pool.read(IndexSchema.version(of:))
            guard schema == IndexSchema.current.version else { return .stale("it has schema \(schema)") }
            guard try index.rootID() == rootID else { return .stale("it belongs to another storage root") }
            let checkpoint = try index.checkpointNumber()
            guard segments.contains(checkpoint) else {
                return .stale("its checkpoint \(checkpoint) has no intents beside it: it is older than the files")
            }
            return .sound(index)
        } catch {
            return .damaged("\(error)")
        }
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
            try index.checkSound()
            try index.migrate(path, log)
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

    /// What each bucket holds, by its id.
    func usage() throws -> [String: BucketUsage] {
        try pool.read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT id, objects, bytes FROM buckets")
            let usage = rows.map { ($0[0] as String, BucketUsage(bytes: $0[2], objects: $0[1])) }
            return Dictionary(usage, uniquingKeysWith: { first, _ in first })
        }
    }

    /// What a bucket's rows add up to; costs a look at all of them.
    func countedUsage(of bucketID: String) throws -> BucketUsage {
        try pool.read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT count(*), coalesce(sum(size), 0) FROM (
                        SELECT size FROM objects WHERE bucket = (SELECT number FROM buckets WHERE id = ?1)
                        UNION ALL
                        SELECT size FROM versions WHERE bucket = (SELECT number FROM buckets WHERE id = ?1)
                    )
                    """,
                arguments: [bucketID]
            )
            return row.map { BucketUsage(bytes: $0[1], objects: $0[0]) } ?? BucketUsage()
        }
    }

    /// The highest sequence that was given before the last checkpoint.
    func highestSequence() throws -> Int64 {
        try pool.read { try Int64.fetchOne($0, sql: "SELECT value FROM meta WHERE name = 'sequence'") } ?? 0
    }

    /// Whether dropped buckets have rows left.
    func hasLeftRows() throws -> Bool {
        try pool.read { try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM dropped)") } ?? false
    }

    /// The row of a key.
    func row(of key: ObjectKey, bucketID: String) throws -> IndexRow? {
        try pool.read { database in
            let statement = try database.cachedStatement(sql: Self.rowOfKey)
            return try Row.fetchOne(statement, arguments: [bucketID, Data(key.utf8)]).map(IndexRow.init(row:))
        }
    }

    /// The rows of several keys of one bucket, by key.
    func rows(of targets: [ObjectFiles.Target]) throws -> [ObjectKey: IndexRow] {
        guard let bucketID = targets.first?.bucketID else { return [:] }
        return try pool.read { database in
            let statement = try database.cachedStatement(sql: Self.rowOfKey)
            var rows: [ObjectKey: IndexRow] = [:]
            for target in targets {
                let row = try Row.fetchOne(statement, arguments: [bucketID, Data(target.key.utf8)])
                if let row { rows[target.key] = try IndexRow(row: row) }
            }
            return rows
        }
    }

    /// The rows of a bucket behind a key, in order.
    func rows(after key: ObjectKey?, bucketID: String, limit: Int) throws -> [IndexRow] {
        try pool.read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT \(IndexRow.columns) FROM objects
                    WHERE bucket = (SELECT number FROM buckets WHERE id = ?) AND key > ? ORDER BY key LIMIT ?
                    """
            )
            return try Row.fetchAll(statement, arguments: [bucketID, Data(key?.utf8 ?? []), limit])
                .map(IndexRow.init(row:))
        }
    }

    private static let rowOfKey = """
        SELECT \(IndexRow.columns) FROM objects WHERE bucket = (SELECT number FROM buckets WHERE id = ?) AND key = ?
        """

    private static let versionsOfKey = """
        SELECT \(IndexRow.versionColumns) FROM versions
        WHERE bucket = (SELECT number FROM buckets WHERE id = ?) AND key = ? ORDER BY seq DESC
        """

    /// The rows of a key's noncurrent versions and delete markers, the newest first.
    func versionRows(of key: ObjectKey, bucketID: String) throws -> [IndexRow] {
        try pool.read { database in
            let statement = try database.cachedStatement(sql: Self.versionsOfKey)
            return try Row.fetchAll(statement, arguments: [bucketID, Data(key.utf8)]).map(IndexRow.init(row:))
        }
    }

    /// All that it holds of a key, in one snapshot.
    func rows(of key: ObjectKey, bucketID: String) throws -> KeyRows {
        try pool.read { database in
            let arguments: StatementArguments = [bucketID, Data(key.utf8)]
            let current = try Row.fetchOne(database.cachedStatement(sql: Self.rowOfKey), arguments: arguments)
            let versions = try Row.fetchAll(database.cachedStatement(sql: Self.versionsOfKey), arguments: arguments)
            return KeyRows(
                current: try current.map(IndexRow.init(row:)),
                versions: try versions.map(IndexRow.init(row:))
            )
        }
    }

    /// The keys behind a key that have noncurrent versions or delete markers, in order.
    func versionedKeys(after key: ObjectKey?, bucketID: String, limit: Int) throws -> [ObjectKey] {
        try pool.read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT DISTINCT key FROM versions
                    WHERE bucket = (SELECT number FROM buckets WHERE id = ?) AND key > ? ORDER BY key LIMIT ?
                    """
            )
            return try Row.fetchAll(statement, arguments: [bucketID, Data(key?.utf8 ?? []), limit])
                .map { try ObjectKey(utf8: Array($0[0] as Data)) }
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
    private func checkSound() throws {
        try checkLength()
        let pages = try pool.read { try Int64.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        guard pages <= 16_384 else { return }
        let verdict = try pool.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
        guard verdict == "ok" else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: verdict) }
    }

    /// A file shorter than its own header says was cut: what is missing may be where no check looks.
    ///
    /// Source: SQLite, "Database File Format", section 1.3.
    private func checkLength() throws {
        let header = try FileDescriptor(opening: pool.path).readAll(limit: 100)
        guard header.count == 100 else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "no header") }
        let number = { (range: Range<Int>) in header[range].reduce(Int64(0)) { $0 << 8 | Int64($1) } }
        let pageSize = number(16..<18) == 1 ? 65_536 : number(16..<18)
        guard try FileDescriptor(opening: pool.path).facts().size >= pageSize * number(28..<32) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the file is shorter than its header says")
        }
    }

    private func migrate(_ path: String, _ log: Logger) throws {
        let (found, schema) = (try pool.read(IndexSchema.version(of:)), IndexSchema.current)
        guard found <= schema.version else {
            throw StorageError(
                .newerFormat,
                "the index \(path) has schema \(found), written by a newer Larder; this one knows up to "
                    + "\(schema.version). Use the newer Larder, or delete the index: it is rebuilt"
            )
        }
        guard found < schema.version else { return }
        guard found > 0 else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "no schema") }
        log.notice("bringing the index up to date", metadata: ["from": "\(found)", "to": "\(schema.version)"])
        try DatabaseCopy.make(ofDatabase: path, at: "\(path).version-\(found)")
        try pool.write { try schema.migrate($0, from: found) }
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
            try IndexSchema.current.migrate(database, from: 0)
            try database.execute(sql: "INSERT INTO meta VALUES ('root', ?), ('checkpoint', 0)", arguments: [rootID])
        }
        return IndexDatabase(pool: pool)
    }
}
