import FoundationEssentials
import GRDB
package import ObjectStorage
package import S3Protocol

// What is told of keys.
extension MirrorTable {
    private static let segment = "flushed_segment"

    /// The oldest segment of intents that may hold what was not kept here; nil for a new file.
    package func keptSegment() throws -> Int64? {
        try database.read { db in
            try Int64.fetchOne(db, sql: "SELECT value FROM meta WHERE name = ?", arguments: [Self.segment])
        }
    }

    /// Queues keys that may be other than before, in one transaction; `segment` as `ChangeFeed.flush` has it.
    package func keep(_ changes: [KeyChange], upTo segment: Int64?, at now: Timestamp) throws {
        try database.write { db in
            var numbers: [String: Int64] = [:]
            for change in changes {
                let number = try numbers[change.bucketID] ?? Self.number(of: change.bucketID, db)
                numbers[change.bucketID] = number
                try Self.queue(Data(change.key.utf8), size: change.size, number, now, db)
            }
            guard let segment else { return }
            try db.execute(
                sql: "INSERT OR REPLACE INTO meta VALUES (?, ?)",
                arguments: [Self.segment, segment]
            )
        }
    }

    /// The number of a bucket, which gets one when it has none.
    static func number(of bucketID: String, _ db: Database) throws -> Int64 {
        try db.execute(sql: "INSERT OR IGNORE INTO buckets(id) VALUES (?)", arguments: [bucketID])
        let statement = try db.cachedStatement(sql: "SELECT number FROM buckets WHERE id = ?")
        return try Int64.fetchOne(statement, arguments: [bucketID]) ?? 0
    }

    private static func queue(_ key: Data, size: Int64?, _ bucket: Int64, _ now: Timestamp, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO objects(bucket, key, state, change, size, since, due)
                VALUES (?1, ?2, 'queued', 1, coalesce(?3, 0), ?4, ?4)
                ON CONFLICT DO UPDATE SET
                    since = CASE WHEN state IN ('queued', 'failed') THEN since ELSE ?4 END,
                    state = 'queued', change = change + 1, size = coalesce(?3, size), due = ?4, attempts = 0,
                    reason = NULL
                """
        )
        try statement.execute(arguments: [bucket, key, size, now.nanoseconds])
    }
}

// Comparing with the index.
extension MirrorTable {
    /// Queues the keys of a page that are other than what was last seen to be equal, and those of its range that are in
    /// the table and not in the page; gives how many.
    ///
    /// - Parameters:
    ///   - page: Keys in order, all that there are behind `after` up to the last of them.
    ///   - isLast: Whether no key follows the page.
    ///   - everything: Whether keys are queued that seem equal.
    package func compare(
        _ page: [KeySequence],
        after: ObjectKey?,
        isLast: Bool,
        everything: Bool,
        bucketID: String,
        at now: Timestamp
    ) async throws -> Int {
        try await database.write { db in
            let number = try Self.number(of: bucketID, db)
            try Self.fill(page, db)
            try Self.queueUnequal(number, everything: everything, now, db)
            let queued = db.changesCount
            let end = isLast ? nil : page.last.map { Data($0.key.utf8) }
            try Self.queueVanished(number, after: Data(after?.utf8 ?? []), upTo: end, now, db)
            return queued + db.changesCount
        }
    }

    private static func fill(_ page: [KeySequence], _ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TEMP TABLE IF NOT EXISTS page(key BLOB PRIMARY KEY, seq INTEGER, size INTEGER) WITHOUT ROWID;
                DELETE FROM page;
                """
        )
        let statement = try db.cachedStatement(sql: "INSERT INTO page VALUES (?, ?, ?)")
        for entry in page { try statement.execute(arguments: [Data(entry.key.utf8), entry.sequence, entry.size]) }
    }

    private static func queueUnequal(_ bucket: Int64, everything: Bool, _ now: Timestamp, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO objects(bucket, key, state, change, size, since, due)
                SELECT ?1, key, 'queued', 1, size, ?2, ?2 FROM page WHERE true
                ON CONFLICT DO UPDATE SET
                    state = 'queued', change = change + 1, size = excluded.size, since = ?2, due = ?2, attempts = 0
                WHERE objects.state = 'verified'
                    AND (?3 OR objects.seq IS NOT (SELECT seq FROM page WHERE page.key = objects.key))
                """,
            arguments: [bucket, now.nanoseconds, everything]
        )
    }

    private static func queueVanished(
        _ bucket: Int64,
        after: Data,
        upTo end: Data?,
        _ now: Timestamp,
        _ db: Database
    ) throws {
        try db.execute(
            sql: """
                UPDATE objects SET state = 'queued', change = change + 1, size = 0, since = ?2, due = ?2, attempts = 0
                WHERE bucket = ?1 AND key > ?3 AND (?4 IS NULL OR key <= ?4)
                    AND state = 'verified' AND etag IS NOT NULL AND key NOT IN (SELECT key FROM page)
                """,
            arguments: [bucket, now.nanoseconds, after, end]
        )
    }
}
