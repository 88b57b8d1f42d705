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
            let turn = try Self.nextChange(db)
            for change in changes {
                let number = try numbers[change.bucketID] ?? Self.number(of: change.bucketID, db)
                numbers[change.bucketID] = number
                try Self.queue(Data(change.key.utf8), size: change.size, number, turn, now, db)
            }
            guard let segment else { return }
            try db.execute(
                sql: "INSERT OR REPLACE INTO meta VALUES (?, ?)",
                arguments: [Self.segment, segment]
            )
        }
    }

    /// A number that no row has had: what a try came to goes to the row that it was begun for, never to one that was made
    /// anew.
    static func nextChange(_ db: Database) throws -> Int64 {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO meta VALUES ('change', 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value
                """
        )
        return try Int64.fetchOne(statement) ?? 0
    }

    /// The number of a bucket, which gets one when it has none.
    static func number(of bucketID: String, _ db: Database) throws -> Int64 {
        try db.execute(sql: "INSERT OR IGNORE INTO buckets(id) VALUES (?)", arguments: [bucketID])
        let statement = try db.cachedStatement(sql: "SELECT number FROM buckets WHERE id = ?")
        return try Int64.fetchOne(statement, arguments: [bucketID]) ?? 0
    }

    private static func queue(
        _ key: Data,
        size: Int64?,
        _ bucket: Int64,
        _ turn: Int64,
        _ now: Timestamp,
        _ db: Database
    ) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO objects(bucket, key, state, change, size, since, due)
                VALUES (?1, ?2, 'queued', ?5, coalesce(?3, 0), ?4, ?4)
                ON CONFLICT DO UPDATE SET
                    since = CASE WHEN state IN ('queued', 'failed') THEN since ELSE ?4 END,
                    state = 'queued', change = ?5, size = coalesce(?3, size), due = ?4, attempts = 0, reason = NULL
                """
        )
        try statement.execute(arguments: [bucket, key, size, now.nanoseconds, turn])
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
            let end = isLast ? nil : page.last.map { Data($0.key.utf8) }
            let range = KeyRange(bucket: number, after: Data(after?.utf8 ?? []), end: end)
            // Most pages hold nothing to be done, and cost no commit then.
            guard try everything || Self.isUnequal(range, db) else { return 0 }
            let turn = try Self.nextChange(db)
            try Self.queueUnequal(range, everything: everything, turn, now, db)
            let queued = db.changesCount
            try Self.queueVanished(range, everything: everything, turn, now, db)
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

    /// The keys that a page is about.
    private struct KeyRange {
        let bucket: Int64
        let after: Data
        /// The last of them; nil for no end.
        let end: Data?
    }

    private static let isOther =
        "objects.state = 'verified' AND objects.seq IS NOT (SELECT seq FROM page WHERE page.key = objects.key)"
    private static let hasVanished = """
        bucket = ?1 AND key > ?2 AND (?3 IS NULL OR key <= ?3) AND key NOT IN (SELECT key FROM page)
        """

    private static func isUnequal(_ range: KeyRange, _ db: Database) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: """
                SELECT EXISTS (
                    SELECT 1 FROM page LEFT JOIN objects ON objects.bucket = ?1 AND objects.key = page.key
                    WHERE objects.key IS NULL OR \(isOther)
                ) OR EXISTS (
                    SELECT 1 FROM objects WHERE \(hasVanished) AND state = 'verified' AND etag IS NOT NULL
                )
                """
        )
        return try Bool.fetchOne(statement, arguments: [range.bucket, range.after, range.end]) ?? false
    }

    // Of what waits already the number of the change is another, in case that it is being made equal at this moment.
    private static let queued = """
        change = ?5, since = CASE WHEN state IN ('queued', 'failed') THEN since ELSE ?4 END,
        due = CASE WHEN state IN ('queued', 'failed') THEN due ELSE ?4 END,
        attempts = CASE WHEN state IN ('queued', 'failed') THEN attempts ELSE 0 END,
        state = CASE WHEN state = 'failed' THEN state ELSE 'queued' END
        """

    private static func queueUnequal(
        _ range: KeyRange,
        everything: Bool,
        _ turn: Int64,
        _ now: Timestamp,
        _ db: Database
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO objects(bucket, key, state, change, size, since, due)
                SELECT ?1, key, 'queued', ?5, size, ?4, ?4 FROM page WHERE true
                ON CONFLICT DO UPDATE SET size = excluded.size, \(queued) WHERE ?6 OR \(isOther)
                """,
            arguments: arguments(range, turn, now) + [everything]
        )
    }

    private static func queueVanished(
        _ range: KeyRange,
        everything: Bool,
        _ turn: Int64,
        _ now: Timestamp,
        _ db: Database
    ) throws {
        try db.execute(
            sql: """
                UPDATE objects SET size = 0, \(queued)
                WHERE \(hasVanished) AND (?6 OR state = 'verified' AND etag IS NOT NULL)
                """,
            arguments: arguments(range, turn, now) + [everything]
        )
    }

    private static func arguments(_ range: KeyRange, _ turn: Int64, _ now: Timestamp) -> StatementArguments {
        [range.bucket, range.after, range.end, now.nanoseconds, turn]
    }
}
