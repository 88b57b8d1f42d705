import GRDB
import Imaging
package import S3Protocol

extension SQLiteRecordStore {
    /// Gives the job whose turn it is to the caller.
    package func claimJob(at now: Timestamp) async throws -> JobRecord? {
        try await write { db in
            if let pause = try Self.pause(db) {
                guard now >= pause.until else { return nil }
                try Self.endPause(db)
            }
            guard let id = try JobTurns(db, at: now.nanoseconds).take() else { return nil }
            return try Row.fetchOne(
                db,
                sql: "UPDATE jobs SET state = 'running', attempts = attempts + 1 WHERE id = ? RETURNING *",
                arguments: [id]
            ).map(JobRecord.init(row:))
        }
    }

    /// When the next queued job may begin.
    package func nextJobTime() async throws -> Timestamp? {
        try await read { db in
            let next = try Int64.fetchOne(db, sql: "SELECT min(not_before) FROM jobs WHERE state = 'queued'")
                .map(Timestamp.init(nanoseconds:))
            guard let next, let pause = try Self.pause(db) else { return next }
            return max(next, pause.until)
        }
    }

    /// Records what came of a job.
    package func completeJob(_ job: JobRecord, _ outcome: JobOutcome, at now: Timestamp) async throws -> Bool {
        defer { ringOutbox() }
        return try await write { [self] db in
            guard try Self.isCurrent(job, in: db) else { return false }
            try Self.replaceStyles(of: job.attachmentID, by: outcome.styles, in: db)
            try Self.finish(job.attachmentID, outcome, in: db)
            if let failure = outcome.failure {
                try Self.bury(job, failure, at: now, in: db)
            } else {
                try db.execute(sql: "DELETE FROM jobs WHERE id = ?", arguments: [job.id])
            }
            try announce(job.attachmentID, at: now, in: db)
            return true
        }
    }

    /// Records that a job did not succeed.
    package func setBack(_ job: JobRecord, _ setback: JobSetback, at now: Timestamp) async throws -> Bool {
        defer { ringOutbox() }
        return try await write { [self] db in
            guard try Self.isCurrent(job, in: db) else { return false }
            switch setback {
            case .retry(let time, let reason):
                try Self.requeue(job, at: time, reason: reason, priority: .batch, in: db)
            case .crashed(let time, let reason):
                try Self.requeue(job, at: time, reason: reason, priority: .batch, crashes: 1, in: db)
            case .postpone(let time, let reason):
                try Self.requeue(job, at: time, reason: reason, attempts: -1, in: db)
            case .pause(let pause, let time):
                try Self.requeue(job, at: time, reason: pause.reason, attempts: -1, in: db)
                try Self.begin(pause, in: db)
            case .dead(let reason):
                try Self.bury(job, reason, at: now, in: db)
                try Self.finish(job.attachmentID, JobOutcome(picture: nil, styles: [], failure: reason), in: db)
                try announce(job.attachmentID, at: now, in: db)
            }
            return true
        }
    }

    /// Queues again what a stopped process was running.
    package func requeueRunningJobs() async throws -> Int {
        try await write { db in
            try Self.endPause(db)
            try db.execute(sql: "UPDATE jobs SET state = 'queued' WHERE state = 'running'")
            let count = db.changesCount
            try Self.countJobs(db)
            return count
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
                INSERT INTO jobs (attachment_id, token_id, priority, state, not_before, created)
                    SELECT id, token_id, ?, 'queued', ?, ? FROM attachments WHERE id = ?
                """,
            arguments: [priority.rawValue, now.nanoseconds, now.nanoseconds, attachment]
        )
    }

    // A restart puts a new row in place of the old one, a deletion takes it away: the id tells.
    private static func isCurrent(_ job: JobRecord, in db: Database) throws -> Bool {
        try Row.fetchOne(db, sql: "SELECT 1 FROM jobs WHERE id = ? AND state = 'running'", arguments: [job.id]) != nil
    }

    private static func requeue(
        _ job: JobRecord,
        at time: Timestamp,
        reason: FailureReason?,
        priority: JobRecord.Priority? = nil,
        attempts: Int = 0,
        crashes: Int = 0,
        in db: Database
    ) throws {
        try db.execute(
            sql: """
                UPDATE jobs SET state = 'queued', not_before = ?, reason_code = ?, reason_message = ?,
                    priority = max(priority, ?), attempts = max(0, attempts + ?), crashes = crashes + ?
                WHERE id = ?
                """,
            arguments: [
                time.nanoseconds, reason?.code, reason?.message, (priority ?? job.priority).rawValue, attempts, crashes,
                job.id,
            ]
        )
    }

    private static func bury(_ job: JobRecord, _ reason: FailureReason, at now: Timestamp, in db: Database) throws {
        try db.execute(
            sql: "UPDATE jobs SET state = 'dead', ended = ?, reason_code = ?, reason_message = ? WHERE id = ?",
            arguments: [now.nanoseconds, reason.code, reason.message, job.id]
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
            tokenID: row["token_id"],
            attempts: row["attempts"],
            crashes: row["crashes"],
            notBefore: row.time("not_before"),
            state: try row.word("state"),
            reason: row.reason("reason_code", "reason_message"),
            priority: Priority(rawValue: row["priority"]),
            created: row.time("created"),
            ended: row.optionalTime("ended")
        )
    }
}
