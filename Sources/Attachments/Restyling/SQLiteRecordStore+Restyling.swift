import GRDB
import S3Protocol

// What making styles anew asks of the records.
extension SQLiteRecordStore {
    /// Queues a job for an attachment that has none, and leaves its state and its styles as they are until the job ends.
    ///
    /// False when it has a job already or has gone.
    func queueRestyling(of id: Int64, at now: Timestamp) async throws -> Bool {
        try await write { db in
            guard try Self.record(id, in: db) != nil else { return false }
            let dead = try Row.fetchOne(
                db,
                sql: "SELECT state FROM jobs WHERE attachment_id = ? AND state != 'dead'",
                arguments: [id]
            )
            guard dead == nil else { return false }
            try db.execute(sql: "DELETE FROM jobs WHERE attachment_id = ?", arguments: [id])
            try Self.queueJob(of: id, priority: .batch, at: now, in: db)
            return true
        }
    }

    /// The job of an attachment, if it has one.
    func job(ofAttachment id: Int64) async throws -> JobRecord? {
        try await read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM jobs WHERE attachment_id = ?", arguments: [id])
                .map(JobRecord.init(row:))
        }
    }
}
