import GRDB
package import S3Protocol

// What operators ask and change of the queue as a whole.
extension SQLiteRecordStore {
    /// Jobs with a higher id, by id.
    package func jobs(_ filter: JobFilter, after id: Int64, limit: Int) async throws -> [JobRecord] {
        try await read { db in
            let (condition, arguments) = filter.condition
            return try Row.fetchAll(
                db,
                sql: "SELECT * FROM jobs WHERE \(condition) AND id > ? ORDER BY id LIMIT ?",
                arguments: StatementArguments(arguments + [id, limit])
            ).map(JobRecord.init(row:))
        }
    }

    /// Queues dead jobs again as if they were new.
    package func retryJobs(_ filter: JobFilter, at now: Timestamp, limit: Int) async throws -> [JobRecord] {
        try await write { db in
            let (condition, arguments) = filter.condition
            let jobs = try Row.fetchAll(
                db,
                sql: """
                    UPDATE jobs SET state = 'queued', priority = ?, attempts = 0, crashes = 0, created = ?, not_before = ?,
                        ended = NULL, reason_code = NULL, reason_message = NULL
                    WHERE id IN (SELECT id FROM jobs WHERE state = 'dead' AND \(condition) ORDER BY id LIMIT ?)
                    RETURNING *
                    """,
                arguments: StatementArguments(
                    [JobRecord.Priority.batch.rawValue, now.nanoseconds, now.nanoseconds] + arguments + [limit]
                )
            ).map(JobRecord.init(row:))
            for job in jobs {
                try db.execute(
                    sql: """
                        UPDATE attachments SET state = 'pending', failure_code = NULL, failure_message = NULL
                        WHERE id = ?
                        """,
                    arguments: [job.attachmentID]
                )
            }
            try Self.endPause(db)
            return jobs
        }
    }

    /// Forgets dead jobs.
    package func purgeJobs(_ filter: JobFilter, limit: Int) async throws -> Int {
        try await write { db in
            let (condition, arguments) = filter.condition
            try db.execute(
                sql: """
                    DELETE FROM jobs
                    WHERE id IN (SELECT id FROM jobs WHERE state = 'dead' AND \(condition) ORDER BY id LIMIT ?)
                    """,
                arguments: StatementArguments(arguments + [limit])
            )
            return db.changesCount
        }
    }

    /// What waits and why.
    package func jobBacklog() async throws -> JobBacklog {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT state, sum(number) AS number FROM job_totals GROUP BY state HAVING sum(number) > 0"
            )
            let oldest = try Int64.fetchOne(db, sql: "SELECT min(created) FROM jobs WHERE state = 'queued'")
            return JobBacklog(
                counts: try Dictionary(uniqueKeysWithValues: rows.map { (try $0.word("state"), $0["number"]) }),
                oldest: oldest.map(Timestamp.init(nanoseconds:)),
                pause: try Self.pause(db)
            )
        }
    }
}

// MARK: - Pauses and totals

extension SQLiteRecordStore {
    static func pause(_ db: Database) throws -> JobPause? {
        try Row.fetchOne(db, sql: "SELECT * FROM job_pause").flatMap { row in
            row.reason("reason_code", "reason_message").map { JobPause(until: row.time("until"), reason: $0) }
        }
    }

    static func begin(_ pause: JobPause, in db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO job_pause (id, until, reason_code, reason_message) VALUES (1, ?, ?, ?)",
            arguments: [pause.until.nanoseconds, pause.reason.code, pause.reason.message]
        )
    }

    static func endPause(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM job_pause")
    }

    /// How many jobs of a token wait.
    static func queuedJobs(ofToken token: Int64, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db,
            sql: "SELECT number FROM job_totals WHERE token_id = ? AND state = 'queued'",
            arguments: [token]
        ) ?? 0
    }

    /// Counts all jobs anew: the totals follow every change by themselves, but not damage.
    static func countJobs(_ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM job_totals;
                INSERT INTO job_totals (token_id, state, number)
                    SELECT token_id, state, count(*) FROM jobs GROUP BY token_id, state;
                """
        )
    }
}

extension JobFilter {
    /// What a row has to be, as SQL.
    fileprivate var condition: (sql: String, arguments: [(any DatabaseValueConvertible)?]) {
        var terms = ["state IN (\(states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")))"]
        var arguments: [(any DatabaseValueConvertible)?] = []
        if let ids {
            terms.append("id IN (\(ids.map(String.init).joined(separator: ", ")))")
        }
        if let tokenID {
            terms.append("token_id = ?")
            arguments.append(tokenID)
        }
        if let reason {
            terms.append("reason_code = ?")
            arguments.append(reason)
        }
        if let endedBefore {
            terms.append("ended < ?")
            arguments.append(endedBefore.nanoseconds)
        }
        return (terms.joined(separator: " AND "), arguments)
    }
}
