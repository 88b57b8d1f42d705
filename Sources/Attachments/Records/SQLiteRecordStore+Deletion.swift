import GRDB
import S3Protocol

extension SQLiteRecordStore {
    /// Hides the attachment and drops its job.
    package func beginDeletion(_ id: Int64) async throws -> AttachmentRecord? {
        try await write { db in
            guard let record = try Self.record(id, in: db) else { return nil }
            try db.execute(sql: "UPDATE attachments SET deleting = 1 WHERE id = ?", arguments: [id])
            try db.execute(sql: "DELETE FROM jobs WHERE attachment_id = ?", arguments: [id])
            return record
        }
    }

    /// Attachments with a higher id whose deletion began and did not end.
    package func unfinishedDeletions(after id: Int64, limit: Int) async throws -> [AttachmentRecord] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "\(Self.selection) WHERE a.deleting = 1 AND a.id > ? ORDER BY a.id LIMIT ?",
                arguments: [id, limit]
            ).map { try Self.record($0, in: db) }
        }
    }

    /// Removes the rows of the attachment.
    package func finishDeletion(_ id: Int64) async throws {
        try await write { db in
            let prefix = try String.fetchOne(
                db,
                sql: "DELETE FROM attachments WHERE id = ? AND deleting = 1 RETURNING authorization_prefix",
                arguments: [id]
            )
            if let prefix { try Self.dropIfEmpty(prefix, in: db) }
        }
    }

    /// Which of these style objects belong to no attachment any more.
    package func orphans(among styles: [StyleObject]) async throws -> [StyleObject] {
        try await read { db in
            try styles.filter { style in
                try Row.fetchOne(
                    db,
                    sql: """
                        SELECT 1 FROM styles s JOIN attachments a ON a.id = s.attachment_id
                            WHERE s.attachment_id = ?1 AND s.object_key = ?2 AND a.bucket = ?3
                        UNION ALL
                        SELECT 1 FROM jobs WHERE attachment_id = ?1 AND state <> 'dead'
                        """,
                    arguments: [style.attachmentID, style.key.data, style.bucket.string]
                ) == nil
            }
        }
    }
}
