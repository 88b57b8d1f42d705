import FoundationEssentials
import GRDB
import S3Protocol

/// The changes of one transaction: makes them, and keeps count of what each bucket holds.
struct IndexBatch {
    private static let sweptAtOnce = 4_000

    private let database: Database
    private var numbers: [String: Int64] = [:]
    private var ids: [Int64: String] = [:]
    private var deltas: [Int64: BucketUsage] = [:]
    private var emptied: Set<String> = []
    /// Whether dropped buckets have rows left, as far as this batch has looked.
    private(set) var hasLeftRows = false

    init(_ database: Database) {
        self.database = database
    }

    /// Makes the change.
    mutating func apply(_ change: IndexChange) throws {
        switch change {
        case .put(let row, let bucketID): try put(row, bucketID)
        case .remove(let key, let bucketID): try remove(key, bucketID)
        case .update(let update): try self.update(update)
        case .reset(let bucketID, let isComplete):
            try drop(bucketID)
            try run("INSERT INTO buckets(id, complete) VALUES (?, ?)", [bucketID, isComplete])
        case .complete(let bucketID): try run("UPDATE buckets SET complete = 1 WHERE id = ?", [bucketID])
        case .drop(let bucketID): try drop(bucketID)
        case .recount(let bucketID): try recount(bucketID)
        case .checkpoint(let number, let sequence):
            try run("INSERT OR REPLACE INTO meta VALUES ('checkpoint', ?1), ('sequence', ?2)", [number, sequence])
        case .barrier: break
        case .sweep: try sweep()
        }
    }

    /// Writes the counts of the buckets that were touched, as the last thing of the transaction; returns what they hold.
    mutating func finish() throws -> [String: BucketUsage] {
        var usage = Dictionary(uniqueKeysWithValues: emptied.map { ($0, BucketUsage()) })
        for (number, delta) in deltas {
            guard let id = ids[number] else { continue }
            let statement = try database.cachedStatement(
                sql: """
                    UPDATE buckets SET objects = objects + ?, bytes = bytes + ? WHERE number = ?
                    RETURNING objects, bytes
                    """
            )
            let row = try Row.fetchOne(statement, arguments: [delta.objects, delta.bytes, number])
            if let row { usage[id] = BucketUsage(bytes: row[1], objects: row[0]) }
        }
        return usage
    }

    private mutating func put(_ row: IndexRow, _ bucketID: String) throws {
        // A bucket that was dropped meanwhile has no number, and the row goes nowhere.
        guard let number = try number(of: bucketID) else { return }
        let key = Data(row.key.utf8)
        let arguments = Self.arguments(row, key, number)
        // Most keys are new, and then one statement does it.
        try insert("IGNORE", arguments)
        if database.changesCount > 0 { return count(BucketUsage(bytes: row.size, objects: 1), number, bucketID) }
        let old = try size(of: key, number) ?? 0
        try insert("REPLACE", arguments)
        count(BucketUsage(bytes: row.size - old, objects: 0), number, bucketID)
    }

    private func insert(_ conflict: String, _ arguments: StatementArguments) throws {
        try run(
            """
            INSERT OR \(conflict) INTO
            objects(bucket, key, seq, version, size, mtime, etag, checksum, class, sumtype, owner)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            arguments
        )
    }

    private mutating func remove(_ key: ObjectKey, _ bucketID: String) throws {
        let bytes = Data(key.utf8)
        guard let number = try number(of: bucketID), let old = try size(of: bytes, number) else { return }
        try run("DELETE FROM objects WHERE bucket = ? AND key = ?", [number, bytes])
        count(BucketUsage(bytes: -old, objects: -1), number, bucketID)
    }

    private static func arguments(_ row: IndexRow, _ key: Data, _ number: Int64) -> StatementArguments {
        [
            number, key, row.sequence, row.version, row.size, row.modified, row.etag,
            row.checksumAlgorithm, row.storageClass, row.checksumType, row.owner,
        ]
    }

    // MARK: Versions

    private mutating func update(_ update: KeyUpdate) throws {
        guard let number = try number(of: update.bucketID) else { return }
        switch update.current {
        case .keep: break
        case .set(let row): try put(row, update.bucketID)
        case .remove: try remove(update.key, update.bucketID)
        }
        let key = Data(update.key.utf8)
        if update.replacesVersions { try removeVersions("", [number, key], number, update.bucketID) }
        for id in update.removed {
            try removeVersions(" AND version = ?", [number, key, id.text], number, update.bucketID)
        }
        for row in update.added { try add(row, key, number, update.bucketID) }
    }

    private mutating func removeVersions(
        _ condition: String,
        _ arguments: StatementArguments,
        _ number: Int64,
        _ bucketID: String
    ) throws {
        let statement = try database.cachedStatement(
            sql: "DELETE FROM versions WHERE bucket = ? AND key = ?\(condition) RETURNING size"
        )
        let sizes = try Int64.fetchAll(statement, arguments: arguments)
        guard !sizes.isEmpty else { return }
        count(BucketUsage(bytes: -sizes.reduce(0, +), objects: -Int64(sizes.count)), number, bucketID)
    }

    private mutating func add(_ row: IndexRow, _ key: Data, _ number: Int64, _ bucketID: String) throws {
        try run(
            """
            INSERT OR IGNORE INTO
            versions(bucket, key, seq, version, size, mtime, etag, checksum, class, sumtype, owner, marker)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            Self.arguments(row, key, number) + [row.isDeleteMarker]
        )
        guard database.changesCount > 0 else { return }
        count(BucketUsage(bytes: row.size, objects: 1), number, bucketID)
    }

    // MARK: Buckets

    /// Takes the bucket's number away, which costs the same however many rows have it.
    private mutating func drop(_ bucketID: String) throws {
        emptied.insert(bucketID)
        guard let number = try number(of: bucketID) else { return }
        try run("DELETE FROM buckets WHERE number = ?", [number])
        try run("INSERT INTO dropped VALUES (?)", [number])
        numbers[bucketID] = nil
        ids[number] = nil
        deltas[number] = nil
        hasLeftRows = true
    }

    private mutating func recount(_ bucketID: String) throws {
        guard let number = try number(of: bucketID) else { return }
        try run(
            """
            UPDATE buckets SET
                objects = (SELECT count(*) FROM objects WHERE bucket = ?1)
                    + (SELECT count(*) FROM versions WHERE bucket = ?1),
                bytes = (SELECT coalesce(sum(size), 0) FROM objects WHERE bucket = ?1)
                    + (SELECT coalesce(sum(size), 0) FROM versions WHERE bucket = ?1)
            WHERE number = ?1
            """,
            [number]
        )
        // What this batch has changed before is in these sums already.
        deltas[number] = BucketUsage()
    }

    private mutating func sweep() throws {
        guard let number = try Int64.fetchOne(database, sql: "SELECT number FROM dropped LIMIT 1") else { return }
        try run(
            """
            DELETE FROM objects WHERE bucket = ?1
            AND key IN (SELECT key FROM objects WHERE bucket = ?1 ORDER BY key LIMIT ?2)
            """,
            [number, Self.sweptAtOnce]
        )
        hasLeftRows = true
        guard database.changesCount == 0 else { return }
        try run(
            """
            DELETE FROM versions WHERE bucket = ?1
            AND (key, seq) IN (SELECT key, seq FROM versions WHERE bucket = ?1 ORDER BY key LIMIT ?2)
            """,
            [number, Self.sweptAtOnce]
        )
        if database.changesCount == 0 { try run("DELETE FROM dropped WHERE number = ?", [number]) }
    }

    private mutating func number(of bucketID: String) throws -> Int64? {
        if let number = numbers[bucketID] { return number }
        let statement = try database.cachedStatement(sql: "SELECT number FROM buckets WHERE id = ?")
        let number = try Int64.fetchOne(statement, arguments: [bucketID])
        if let number {
            numbers[bucketID] = number
            ids[number] = bucketID
        }
        return number
    }

    private func size(of key: Data, _ number: Int64) throws -> Int64? {
        let statement = try database.cachedStatement(sql: "SELECT size FROM objects WHERE bucket = ? AND key = ?")
        return try Int64.fetchOne(statement, arguments: [number, key])
    }

    private mutating func count(_ delta: BucketUsage, _ number: Int64, _ bucketID: String) {
        deltas[number] = deltas[number].map { $0 + delta } ?? delta
    }

    private func run(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
