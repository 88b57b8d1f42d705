import GRDB
import S3Protocol

/// An attachment with what else the records say of it, read in one snapshot.
struct SurveyedAttachment: Equatable, Sendable {
    /// The attachment.
    let record: AttachmentRecord
    /// Whether its deletion has begun.
    let isDeleting: Bool
    /// Where its job stands; nil without one.
    let job: JobRecord.State?
}

/// A row that belongs to an attachment which is not there.
struct DanglingRow: Hashable, Sendable {
    /// Which table it is in.
    enum Table: String, Sendable, CaseIterable {
        case jobs, styles
    }

    /// Its table.
    let table: Table
    /// Whose it would be.
    let attachmentID: Int64
    /// What tells it from others of that attachment.
    let name: String
}

// What a check asks of the records; requests never do.
extension SQLiteRecordStore {
    /// Attachments with a higher id by their ids, those that are being deleted too; an error for a row that makes no sense.
    func survey(
        after id: Int64,
        limit: Int
    ) async throws -> [(id: Int64, found: Result<SurveyedAttachment, any Error>)] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "\(Self.selection) WHERE a.id > ? ORDER BY a.id LIMIT ?",
                arguments: [id, limit]
            ).map { row in (row["id"], Result { try SurveyedAttachment(row: row, in: db) }) }
        }
    }

    /// One attachment as it is now; nil when it has gone or makes no sense.
    func surveyed(_ id: Int64) async throws -> SurveyedAttachment? {
        try await survey(after: id - 1, limit: 1).first.flatMap { $0.id == id ? try? $0.found.get() : nil }
    }

    /// Rows of attachments that are not there.
    func danglingRows() async throws -> [DanglingRow] {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT 'jobs' AS table_name, attachment_id, CAST(id AS TEXT) AS name FROM jobs
                        WHERE attachment_id NOT IN (SELECT id FROM attachments)
                    UNION ALL
                    SELECT 'styles', attachment_id, name FROM styles
                        WHERE attachment_id NOT IN (SELECT id FROM attachments)
                    """
            )
            return try rows.map {
                DanglingRow(table: try $0.word("table_name"), attachmentID: $0["attachment_id"], name: $0["name"])
            }
        }
    }

    /// Removes the rows of a table that belong to attachments which are not there.
    func removeDanglingRows(of table: DanglingRow.Table) async throws {
        try await write { db in
            try db.execute(
                sql: "DELETE FROM \(table.rawValue) WHERE attachment_id NOT IN (SELECT id FROM attachments)"
            )
        }
    }

    /// Removes the job of an attachment whose deletion has begun.
    func dropJob(ofDeleted id: Int64) async throws {
        try await write { db in
            try db.execute(
                sql: """
                    DELETE FROM jobs WHERE attachment_id = ?1
                        AND EXISTS (SELECT 1 FROM attachments WHERE id = ?1 AND deleting = 1)
                    """,
                arguments: [id]
            )
        }
    }

    /// Authorizations whose form expired before a time, and which no sweep has ended, the oldest first.
    func unsweptAuthorizations(expiredBefore time: Timestamp, limit: Int) async throws -> [AuthorizationRecord] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM authorizations WHERE swept IS NULL AND expires < ? ORDER BY expires LIMIT ?",
                arguments: [time.nanoseconds, limit]
            ).map(AuthorizationRecord.init(row:))
        }
    }

    /// What SQLite finds wrong in the file; costs reading all of it.
    func integrityProblems() async throws -> [String] {
        try await read { db in
            try String.fetchAll(db, sql: "PRAGMA integrity_check(20)").filter { !ByteText.equal($0, "ok") }
        }
    }

    /// Makes all indexes of the file anew from its tables.
    func rebuildIndexes() async throws {
        try await write { try $0.execute(sql: "REINDEX") }
    }
}

extension SurveyedAttachment {
    fileprivate init(row: Row, in db: Database) throws {
        record = try SQLiteRecordStore.record(row, in: db)
        isDeleting = row.isDeleting
        let state: String? = row["job_state"]
        job = try state.map { _ in try row.word("job_state") }
    }
}
