import GRDB

extension Fixture {
    /// Changes the records as no Larder does.
    func sql(_ statement: String) throws {
        let database = try DatabaseQueue(path: folder.path + "/records.sqlite")
        try database.write { try $0.execute(sql: statement) }
        try database.close()
    }

    /// Attachments like this one, each with a job.
    func queueCopies(_ count: Int, of id: Int64, state: String = "queued") throws {
        try sql(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
            INSERT INTO attachments (token_id, authorization_prefix, bucket, object_key, etag, version, content_type,
                byte_size, state, created)
                SELECT token_id, authorization_prefix, bucket, CAST('copy/' || i AS BLOB), etag, version, content_type,
                    byte_size, 'pending', created FROM attachments, n WHERE id = \(id);
            INSERT INTO jobs (attachment_id, token_id, priority, state, not_before, created)
                SELECT id, token_id, 0, '\(state)', created, created FROM attachments
                WHERE CAST(object_key AS TEXT) LIKE 'copy/%';
            """
        )
    }
}
