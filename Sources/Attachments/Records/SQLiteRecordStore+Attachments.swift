import GRDB
package import S3Protocol

extension SQLiteRecordStore {
    /// Makes the attachment, claims its authorization and queues its job.
    package func claim(
        _ new: NewAttachment,
        queueLimit: Int,
        at now: Timestamp
    ) async throws -> AttachmentRecord? {
        defer { ringOutbox() }
        return try await write { [self] db in
            if let row = try Self.row(of: new.object.key, in: new.object.bucket, db) {
                let record = try Self.record(row, in: db)
                return row.isDeleting || record.tokenID != new.tokenID ? nil : record
            }
            guard let authorization = try Self.authorization(new.authorization, in: db), authorization.closed == nil
            else { return nil }
            if new.needsStyles, try Self.queuedJobs(ofToken: new.tokenID, db) >= queueLimit {
                throw APIError.queueFull(limit: queueLimit)
            }
            let id = try Self.insert(new, at: now, in: db)
            try db.execute(
                sql: "UPDATE authorizations SET claimed = coalesce(claimed, ?) WHERE prefix = ?",
                arguments: [now.nanoseconds, new.authorization]
            )
            if new.needsStyles { try Self.queueJob(of: id, priority: .interactive, at: now, in: db) }
            try announce(id, at: now, in: db)
            return try Self.record(id, in: db)
        }
    }

    /// The attachment of this id.
    package func attachment(_ id: Int64) async throws -> AttachmentRecord? {
        try await read { try Self.record(id, in: $0) }
    }

    /// The attachment of this object.
    package func attachment(key: ObjectKey, in bucket: BucketName) async throws -> AttachmentRecord? {
        try await read { db in
            guard let row = try Self.row(of: key, in: bucket, db), !row.isDeleting else { return nil }
            return try Self.record(row, in: db)
        }
    }

    /// A token's attachments by id.
    package func attachments(
        ofToken token: Int64,
        offset: Int,
        limit: Int
    ) async throws -> (
        records: [AttachmentRecord], total: Int
    ) {
        try await read { db in
            let total = try Int.fetchOne(
                db,
                sql: "SELECT count(*) FROM attachments WHERE token_id = ? AND deleting = 0",
                arguments: [token]
            )
            let rows = try Row.fetchAll(
                db,
                sql: "\(Self.selection) WHERE a.token_id = ? AND a.deleting = 0 ORDER BY a.id LIMIT ? OFFSET ?",
                arguments: [token, limit, offset]
            )
            return (try rows.map { try Self.record($0, in: db) }, total ?? 0)
        }
    }

    /// Pins the attachment to the object as it is now.
    package func restart(
        _ id: Int64,
        with object: PinnedObject,
        needsStyles: Bool,
        priority: JobRecord.Priority,
        always: Bool,
        at now: Timestamp
    ) async throws -> AttachmentRecord? {
        defer { ringOutbox() }
        return try await write { [self] db in
            guard let found = try Self.record(id, in: db) else { return nil }
            guard always || found.object != object else { return found }
            try Self.pin(id, to: object, state: needsStyles ? .pending : .done, in: db)
            try db.execute(sql: "DELETE FROM styles WHERE attachment_id = ?", arguments: [id])
            try db.execute(sql: "DELETE FROM jobs WHERE attachment_id = ?", arguments: [id])
            if needsStyles { try Self.queueJob(of: id, priority: priority, at: now, in: db) }
            try announce(id, at: now, in: db)
            return try Self.record(id, in: db)
        }
    }
}

// MARK: - Rows

extension SQLiteRecordStore {
    // A pending attachment shows why its job waits, if it says, or why all do.
    static let selection = """
        SELECT a.*, coalesce(j.reason_code, p.reason_code) AS job_code,
            coalesce(j.reason_message, p.reason_message) AS job_message, j.state AS job_state
        FROM attachments a LEFT JOIN jobs j ON j.attachment_id = a.id LEFT JOIN job_pause p ON j.state = 'queued'
        """

    static func row(of key: ObjectKey, in bucket: BucketName, _ db: Database) throws -> Row? {
        try Row.fetchOne(
            db,
            sql: "\(selection) WHERE a.bucket = ? AND a.object_key = ?",
            arguments: [bucket.string, key.data]
        )
    }

    static func record(_ id: Int64, in db: Database) throws -> AttachmentRecord? {
        try Row.fetchOne(db, sql: "\(selection) WHERE a.id = ? AND a.deleting = 0", arguments: [id])
            .map { try record($0, in: db) }
    }

    static func record(_ row: Row, in db: Database) throws -> AttachmentRecord {
        let id: Int64 = row["id"]
        let styles = try Row.fetchAll(
            db,
            sql: "SELECT * FROM styles WHERE attachment_id = ? ORDER BY name",
            arguments: [id]
        )
        return try AttachmentRecord(row: row, styles: try styles.map(StyleRecord.init(row:)))
    }

    private static func insert(_ new: NewAttachment, at now: Timestamp, in db: Database) throws -> Int64 {
        let object = new.object
        try db.execute(
            sql: """
                INSERT INTO attachments (token_id, authorization_prefix, bucket, object_key, etag, version, filename,
                    content_type, byte_size, state, created)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                new.tokenID, new.authorization, object.bucket.string, object.key.data, object.etag.text,
                object.version.text, new.filename, object.contentType, object.byteSize,
                (new.needsStyles ? AttachmentState.pending : .done).rawValue, now.nanoseconds,
            ]
        )
        return db.lastInsertedRowID
    }

    private static func pin(
        _ id: Int64,
        to object: PinnedObject,
        state: AttachmentState,
        in db: Database
    ) throws {
        try db.execute(
            sql: """
                UPDATE attachments SET etag = ?, version = ?, content_type = ?, byte_size = ?, state = ?, width = NULL,
                    height = NULL, picture = NULL, failure_code = NULL, failure_message = NULL
                WHERE id = ?
                """,
            arguments: [
                object.etag.text, object.version.text, object.contentType, object.byteSize, state.rawValue, id,
            ]
        )
    }
}

extension Row {
    var isDeleting: Bool { self["deleting"] }
}

extension AttachmentRecord {
    fileprivate init(row: Row, styles: [StyleRecord]) throws {
        id = row["id"]
        tokenID = row["token_id"]
        authorization = row["authorization_prefix"]
        object = try PinnedObject(row: row)
        filename = row["filename"]
        if let width: Int = row["width"], let height: Int = row["height"] { size = (width, height) }
        if let text: String = row["picture"] { picture = PictureFacts(text: text) }
        state = try row.word("state")
        reason =
            switch state {
            case .pending: row.reason("job_code", "job_message")
            case .failed: row.reason("failure_code", "failure_message")
            case .done: nil
            }
        created = row.time("created")
        self.styles = styles
    }
}

extension PinnedObject {
    fileprivate init(row: Row) throws {
        let (bucket, etag, version): (String, String, String) = (row["bucket"], row["etag"], row["version"])
        self.init(
            bucket: try BucketName(bucket),
            key: try row.objectKey("object_key"),
            etag: ETag(etag),
            version: try VersionID(version),
            contentType: row["content_type"],
            byteSize: row["byte_size"]
        )
    }
}

extension StyleRecord {
    init(row: Row) throws {
        self.init(
            name: row["name"],
            key: try row.objectKey("object_key"),
            contentType: row["content_type"],
            width: row["width"],
            height: row["height"],
            byteSize: row["byte_size"],
            digest: row["digest"]
        )
    }
}
