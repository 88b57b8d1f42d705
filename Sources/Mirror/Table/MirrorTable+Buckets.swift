import FoundationEssentials
import GRDB
package import S3Protocol

/// What a bucket's rows add up to.
package struct MirrorTotals: Sendable, Equatable {
    /// How many keys are in each state.
    package var counts: [MirrorState: Int64] = [:]
    /// The bytes of those that the remote does not have yet.
    package var waitingBytes: Int64 = 0
    /// Since when the one waits that waits longest.
    package var oldest: Timestamp?
    /// Why a try of late did not succeed.
    package var lastReason: String?
}

/// A bucket as the table knows it.
package struct MirrorBucket: Sendable, Equatable {
    /// Its number in the table.
    package let number: Int64
    /// Its id.
    package let id: String
    /// Whether nothing is begun for it.
    package var isPaused: Bool
}

// Buckets.
extension MirrorTable {
    /// Makes the table know these buckets, by id, and where each is mirrored to, and forgets those of `known` that are not
    /// among them.
    ///
    /// What was known of a bucket that is mirrored to another place now is nothing to the new one.
    package func setBuckets(_ remotes: [String: String], known: [MirrorBucket]) async throws {
        try await database.write { db in
            for bucket in known where remotes[bucket.id] == nil { try Self.forget(bucket.number, db) }
            for (id, remote) in remotes {
                let number = try Self.number(of: id, db)
                let old = try String.fetchOne(
                    db,
                    sql: "SELECT remote FROM buckets WHERE number = ?",
                    arguments: [number]
                )
                guard let old, !ByteText.equal(old, remote) else { continue }
                if !old.isEmpty { try Self.forgetNotes(number, db) }
                try db.execute(sql: "UPDATE buckets SET remote = ? WHERE number = ?", arguments: [remote, number])
            }
        }
    }

    private static func forget(_ number: Int64, _ db: Database) throws {
        for table in ["objects", "totals"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE bucket = ?", arguments: [number])
        }
        try db.execute(sql: "DELETE FROM buckets WHERE number = ?", arguments: [number])
    }

    private static func forgetNotes(_ number: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE objects SET state = 'queued', seq = NULL, etag = NULL, version = NULL, tags = NULL, upload = NULL,
                upload_seq = NULL, part_size = NULL, due = 0, attempts = 0, reason = NULL WHERE bucket = ?
                """,
            arguments: [number]
        )
    }

    /// The buckets that it knows.
    package func buckets() async throws -> [MirrorBucket] {
        try await database.read { db in
            try Row.fetchAll(db, sql: "SELECT number, id, paused FROM buckets")
                .map { MirrorBucket(number: $0[0], id: $0[1], isPaused: $0[2]) }
        }
    }

    /// Pauses a bucket, or has it go on.
    package func pause(_ isPaused: Bool, bucketID: String) async throws {
        try await database.write { db in
            try db.execute(
                sql: "UPDATE buckets SET paused = ?1 WHERE id = ?2",
                arguments: [isPaused, bucketID]
            )
        }
    }

    /// What the rows of a bucket add up to; costs the same however many there are.
    package func totals(of bucket: Int64) async throws -> MirrorTotals {
        try await database.read { db in
            var totals = MirrorTotals()
            for row in try Row.fetchAll(
                db,
                sql: "SELECT state, number, bytes FROM totals WHERE bucket = ?",
                arguments: [bucket]
            ) {
                guard let state = MirrorState(rawValue: row[0]) else { continue }
                totals.counts[state] = row[1]
                if [.queued, .failed].contains(state) { totals.waitingBytes += row[2] as Int64 }
            }
            let waiting = "FROM objects WHERE bucket = ? AND state IN ('queued', 'failed')"
            let oldest = try Int64.fetchOne(
                db,
                sql: "SELECT since \(waiting) ORDER BY since LIMIT 1",
                arguments: [bucket]
            )
            totals.oldest = oldest.map(Timestamp.init(nanoseconds:))
            // What was tried of late is due latest, of all that was tried.
            totals.lastReason = try String.fetchOne(
                db,
                sql: "SELECT reason \(waiting) AND reason IS NOT NULL ORDER BY due DESC LIMIT 1",
                arguments: [bucket]
            )
            return totals
        }
    }

    /// Has failed keys of a bucket, and those in conflict, tried at once, one key or all; gives how many.
    package func retry(bucketID: String, key: ObjectKey?, overwrites: Bool, at now: Timestamp) async throws -> Int {
        try await database.write { db in
            try db.execute(
                sql: """
                    UPDATE objects SET state = 'queued', due = ?1, attempts = 0, change = ?5,
                    since = CASE WHEN state = 'conflict' THEN ?1 ELSE since END,
                    overwrites = max(overwrites, ?2)
                    WHERE bucket = (SELECT number FROM buckets WHERE id = ?3) \(key == nil ? "" : "AND key = ?4")
                        AND (state IN ('failed', 'conflict') OR state = 'queued' AND due > ?1)
                    """,
                arguments: [now.nanoseconds, overwrites, bucketID, key.map { Data($0.utf8) }, try Self.nextChange(db)]
            )
            return db.changesCount
        }
    }
}
