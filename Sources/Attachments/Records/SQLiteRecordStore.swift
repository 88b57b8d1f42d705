import GRDB
import Glibc
import ObjectStorage
import S3Protocol
import Synchronization

/// The records in one SQLite file: write-ahead log, every commit synced, access on GRDB's own queues.
package final class SQLiteRecordStore: RecordStore {
    let database: DatabasePool
    // Nil where nothing is written.
    private let issued: IssuedIDs?
    /// Who is told what happens to attachments.
    let outbox: WebhookOutbox
    private let onFailedSync: @Sendable (String) -> Void
    private let failedSync = Mutex<String?>(nil)

    /// Opens or makes the file; an older one is copied beside itself and brought up to date first.
    ///
    /// Blocks on the disk: not for an event loop.
    ///
    /// What happens to attachments is kept for `outbox`, in the transaction in which it happens.
    ///
    /// `onFailedSync` is called when a commit may not be on disk: nothing must be acknowledged from then on.
    ///
    /// - Throws: `AttachmentsError` with `newerRecords` when a newer Larder wrote the file, with `damagedRecords` when it
    ///   cannot be read; SQLite's other errors.
    package init(
        path: String,
        schema: RecordsSchema = .current,
        outbox: WebhookOutbox = .none,
        onFailedSync: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        self.outbox = outbox
        self.onFailedSync = onFailedSync
        issued = try IssuedIDs(besideRecords: path)
        database = try Self.tellingDamage(of: path) {
            let database = try Self.connect(path)
            // GRDB relaxes this when it turns the log on: a claim that was answered must survive a power cut.
            try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try Self.migrate(database, path: path, to: schema)
            Self.restrict(path)
            return database
        }
    }

    /// Opens the file to look at it: it is neither made nor brought up to date; nil when there is none.
    ///
    /// - Throws: as opening it to use it.
    init?(inspecting path: String, schema: RecordsSchema = .current) throws {
        guard access(path, F_OK) == 0 else { return nil }
        onFailedSync = { _ in }
        outbox = .none
        issued = nil
        let (database, version) = try Self.tellingDamage(of: path) {
            let database = try Self.connect(path)
            return (database, try database.read(RecordsSchema.version(of:)))
        }
        self.database = database
        // An empty file, which a start that was broken off leaves, holds none.
        guard version > 0 else { return nil }
        try Self.checkKnown(version, path, schema)
    }

    private static func tellingDamage<Value>(of path: String, _ open: () throws -> Value) throws -> Value {
        do {
            return try open()
        } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
            throw AttachmentsError(
                .damagedRecords,
                "\(path) cannot be read (\(error.message ?? "damaged")); bring it back with `larder restore`, or move it "
                    + "away to start without attachments and tokens"
            )
        }
    }

    private static func connect(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "larder.records"
        configuration.busyMode = .timeout(10)
        configuration.foreignKeysEnabled = true
        return try DatabasePool(path: path, configuration: configuration)
    }

    // Secrets of access keys are in it. SQLite gives its other files the mode of the first; on a file system without
    // modes the folder's own has to do.
    private static func restrict(_ path: String) {
        for file in [path, path + "-wal", path + "-shm"] { chmod(file, 0o600) }
    }

    /// Ends all access, after the log's content was moved into the file: a copy of that alone is whole then.
    package func close() throws {
        _ = try? database.writeWithoutTransaction { db in
            _ = try db.checkpoint(.truncate)
            try issued?.settle(db)
        }
        try database.close()
    }

    /// Has the first transaction begin beyond all ids that were given out before.
    func raiseIDs(_ db: Database) throws {
        try issued?.raise(db)
    }

    /// After a commit.
    func confirmRaisedIDs() {
        issued?.confirmRaised()
    }

    /// Has ids that a transaction gave out never be given out again, whatever records are put back; before its commit.
    func coverIDs(_ db: Database) throws {
        do {
            try issued?.cover(db)
        } catch let error as StorageError where error.code == .readOnly {
            failSync(error.message)
            throw error
        }
    }

    /// Refuses all writes from now on: a commit may not be on disk.
    func failSync(_ reason: String) {
        failedSync.withLock { $0 = $0 ?? reason }
        onFailedSync(reason)
    }

    /// Throws once a sync has failed.
    func checkWritable() throws {
        guard let reason = failedSync.withLock({ $0 }) else { return }
        throw StorageError(.readOnly, "\(reason); look at the disk, then restart")
    }

    /// How commits are synced, as SQLite says it: 2 is `FULL`.
    package func synchronousMode() throws -> Int {
        try database.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? 0 }
    }

    private static func migrate(_ database: DatabasePool, path: String, to schema: RecordsSchema) throws {
        let found = try database.read(RecordsSchema.version(of:))
        try checkKnown(found, path, schema)
        guard found < schema.version else { return }
        if found > 0 {
            try DatabaseCopy.make(ofDatabase: path, at: "\(path).version-\(found)")
            restrict("\(path).version-\(found)")
        }
        try database.write { try schema.migrate($0, from: found) }
    }

    private static func checkKnown(_ version: Int, _ path: String, _ schema: RecordsSchema) throws {
        guard version > schema.version else { return }
        throw AttachmentsError(
            .newerRecords,
            "\(path) has version \(version), made by a newer Larder; this one knows up to \(schema.version). "
                + "Start the newer Larder, or bring back the copy that it made beside the file."
        )
    }
}
