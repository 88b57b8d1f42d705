import GRDB
import Imaging
package import S3Protocol

extension SQLiteRecordStore {
    /// Gives the most urgent job whose time has come to the caller.
    package func claimJob(at now: Timestamp) async throws -> JobRecord? {
        try await write { db in
            try Row.fetchOne(
                db,
                sql: """
                    UPDATE jobs SET state = 'running', attempts = attempts + 1 WHERE id = (
                        SELECT id FROM jobs WHERE state = 'queued' AND not_before <= ?
                        ORDER BY priority, not_before, id LIMIT 1
                    ) RETURNING *
                    """,
                arguments: [now.nanoseconds]
            ).map(JobRecord.init(row:))
        }
    }

    /// When the next queued job may begin.
    package func nextJobTime() async throws -> Timestamp? {
        try await read { db in
            try Int64.fetchOne(db, sql: "SELECT min(not_before) FROM jobs WHERE state = 'queued'")
                .map(Timestamp.init(nanoseconds:))
        }
    }

    /// Records what came of a job.
    package func completeJob(_ job: JobRecord, _ outcome: JobOutcome) async throws -> Bool {
        try await write { db in
            guard try Self.isCurrent(job, in: db) else { return false }
            try Self.replaceStyles(of: job.attachmentID, by: outcome.styles, in: db)
            try Self.finish(job.attachmentID, outcome, in: db)
            if let failure = outcome.failure {
                try Self.update(job, state: .dead, reason: failure, in: db)
            } else {
                try db.execute(sql: "DELETE FROM jobs WHERE id = ?", arguments: [job.id])
            }
            return true
        }
    }

    /// Records that a job did not succeed.
    package func setBack(_ job: JobRecord, _ setback: JobSetback) async throws -> Bool {
        try await write { db in
            guard try Self.isCurrent(job, in: db) else { return false }
            switch setback {
            case .retry(let time, let reason):
                try Self.update(job, state: .queued, at: time, reason: reason, in: db)
            case .crashed(let time, let reason):
                try Self.update(job, state: .queued, at: time, reason: reason, crashes: 1, in: db)
            case .postpone(let time, let reason):
                try Self.update(job, state: .queued, at: time, reason: reason, attempts: -1, in: db)
            case .dead(let reason):
                try Self.update(job, state: .dead, reason: reason, in: db)
                try Self.finish(job.attachmentID, JobOutcome(picture: nil, styles: [], failure: reason), in: db)
            }
            return true
        }
    }

    /// Queues again what a stopped process was running.
    package func requeueRunningJobs() async throws -> Int {
        try await write { db in
            try db.execute(sql: "UPDATE jobs SET state = 'queued' WHERE state = 'running'")
            return db.changesCount
        }
    }

    /// Queues a dead job again as if it were new.
    package func retryJob(_ id: Int64, at now: Timestamp) async throws -> JobRecord? {
        try await write { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    UPDATE jobs SET state = 'queued', attempts = 0, crashes = 0, not_before = ?, reason_code = NULL,
                        reason_message = NULL
                    WHERE id = ? AND state = 'dead' RETURNING *
                    """,
                arguments: [now.nanoseconds, id]
            )
            guard let job = try row.map(JobRecord.init(row:)) else { return nil }
            try db.execute(
                sql: """
                    UPDATE attachments SET state = 'pending', failure_code = NULL, failure_message = NULL WHERE id = ?
                    """,
                arguments: [job.attachmentID]
            )
            return job
        }
    }

    /// Jobs of a state by id.
    package func jobs(_ state: JobRecord.State, limit: Int) async throws -> [JobRecord] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM jobs WHERE state = ? ORDER BY id LIMIT ?",
                arguments: [state.rawValue, limit]
            ).map(JobRecord.init(row:))
        }
    }

    /// How many jobs there are of each state.
    package func jobCounts() async throws -> [JobRecord.State: Int] {
        try await read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT state, count(*) AS number FROM jobs GROUP BY state")
            return try Dictionary(uniqueKeysWithValues: rows.map { (try $0.word("state"), $0["number"]) })
        }
    }
}

// MARK: - Steps

extension SQLiteRecordStore {
    static func queueJob(
        of attachment: Int64,
        priority: JobRecord.Priority,
        at now: Timestamp,
        in db: Database
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO jobs (attachment_id, priority, state, not_before, created) VALUES (?, ?, 'queued', ?, ?)
                """,
            arguments: [attachment, priority.rawValue, now.nanoseconds, now.nanoseconds]
        )
    }

    // A restart puts a new row in place of the old one, a deletion takes it away: the id tells.
    private static func isCurrent(_ job: JobRecord, in db: Database) throws -> Bool {
        try Row.fetchOne(db, sql: "SELECT 1 FROM jobs WHERE id = ? AND state = 'running'", arguments: [job.id]) != nil
    }

    private static func update(
        _ job: JobRecord,
        state: JobRecord.State,
        at time: Timestamp? = nil,
        reason: FailureReason?,
        attempts: Int = 0,
        crashes: Int = 0,
        in db: Database
    ) throws {
        try db.execute(
            sql: """
                UPDATE jobs SET state = ?, not_before = coalesce(?, not_before), reason_code = ?, reason_message = ?,
                    attempts = max(0, attempts + ?), crashes = crashes + ?
                WHERE id = ?
                """,
            arguments: [
                state.rawValue, time?.nanoseconds, reason?.code, reason?.message, attempts, crashes, job.id,
            ]
        )
    }

    private static func replaceStyles(of attachment: Int64, by styles: [StyleRecord], in db: Database) throws {
        try db.execute(sql: "DELETE FROM styles WHERE attachment_id = ?", arguments: [attachment])
        for style in styles {
            try db.execute(
                sql: """
                    INSERT INTO styles (attachment_id, name, object_key, content_type, width, height, byte_size, digest)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    attachment, style.name, style.key.data, style.contentType, style.width, style.height,
                    style.byteSize, style.digest,
                ]
            )
        }
    }

    private static func finish(_ attachment: Int64, _ outcome: JobOutcome, in db: Database) throws {
        let state: AttachmentState = outcome.failure == nil ? .done : .failed
        try db.execute(
            sql: """
                UPDATE attachments SET state = ?, failure_code = ?, failure_message = ?, width = coalesce(?, width),
                    height = coalesce(?, height), picture = coalesce(?, picture)
                WHERE id = ?
                """,
            arguments: [
                state.rawValue, outcome.failure?.code, outcome.failure?.message, outcome.picture?.size.width,
                outcome.picture?.size.height, outcome.picture?.text, attachment,
            ]
        )
    }
}

extension JobRecord {
    init(row: Row) throws {
        self.init(
            id: row["id"],
            attachmentID: row["attachment_id"],
            attempts: row["attempts"],
            crashes: row["crashes"],
            notBefore: row.time("not_before"),
            state: try row.word("state"),
            reason: row.reason("reason_code", "reason_message"),
            priority: Priority(rawValue: row["priority"])
        )
    }
}
