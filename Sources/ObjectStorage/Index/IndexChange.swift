import FoundationEssentials
import GRDB
import S3Protocol

/// One change of the index.
enum IndexChange: Sendable {
    /// The row of a key is this.
    case put(IndexRow, bucketID: String)
    /// A key has no row.
    case remove(ObjectKey, bucketID: String)
    /// A bucket has no rows, and is complete or not.
    case reset(bucketID: String, isComplete: Bool)
    /// All of a bucket's keys are there.
    case complete(bucketID: String)
    /// A bucket is gone with all its rows.
    case drop(bucketID: String)
    /// The number of the checkpoint.
    case checkpoint(Int64)
    /// Nothing: whoever waits for it knows that all before it was written.
    case barrier

    /// The key it is about, if it is about one.
    var line: IntentLine? {
        switch self {
        case .put(let row, let bucketID): IntentLine(bucketID: bucketID, key: row.key)
        case .remove(let key, let bucketID): IntentLine(bucketID: bucketID, key: key)
        default: nil
        }
    }

    /// Makes the change.
    func apply(to database: Database) throws {
        switch self {
        case .put(let row, let bucketID):
            try Self.put(row, bucketID, database)
        case .remove(let key, let bucketID):
            try Self.run(
                "DELETE FROM objects WHERE \(Self.ofBucket) AND key = ?",
                [bucketID, Data(key.utf8)],
                database
            )
        case .reset(let bucketID, let isComplete):
            try Self.run("DELETE FROM objects WHERE \(Self.ofBucket)", [bucketID], database)
            try Self.run(
                "INSERT INTO buckets(id, complete) VALUES (?1, ?2) ON CONFLICT(id) DO UPDATE SET complete = ?2",
                [bucketID, isComplete],
                database
            )
        case .complete(let bucketID):
            try Self.run("UPDATE buckets SET complete = 1 WHERE id = ?", [bucketID], database)
        case .drop(let bucketID):
            try Self.run("DELETE FROM objects WHERE \(Self.ofBucket)", [bucketID], database)
            try Self.run("DELETE FROM buckets WHERE id = ?", [bucketID], database)
        case .checkpoint(let number):
            try Self.run("UPDATE meta SET value = ? WHERE name = 'checkpoint'", [number], database)
        case .barrier:
            break
        }
    }

    private static let ofBucket = "bucket = (SELECT number FROM buckets WHERE id = ?)"

    private static func put(_ row: IndexRow, _ bucketID: String, _ database: Database) throws {
        // A bucket that was dropped meanwhile has no number, and the row goes nowhere.
        try run(
            """
            INSERT OR REPLACE INTO objects(bucket, key, seq, version, size, mtime, etag, checksum, class)
            SELECT number, ?, ?, ?, ?, ?, ?, ?, ? FROM buckets WHERE id = ?
            """,
            [
                Data(row.key.utf8), row.sequence, row.version, row.size, row.modified, row.etag,
                row.checksumAlgorithm, row.storageClass, bucketID,
            ],
            database
        )
    }

    private static func run(_ sql: String, _ arguments: StatementArguments, _ database: Database) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
