import GRDB
package import S3Protocol

extension SQLiteRecordStore {
    /// Keeps a new authorization.
    package func insertAuthorization(_ authorization: AuthorizationRecord) async throws {
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO authorizations (prefix, token_id, team_id, app_id, installation_id, bucket, content_type,
                        filename, maximum_bytes, created, expires, sweep_due)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    authorization.prefix, authorization.tokenID, authorization.context.teamID,
                    authorization.context.appID, authorization.context.installationID, authorization.bucket.string,
                    authorization.contentType, authorization.filename, authorization.maximumBytes,
                    authorization.created.nanoseconds, authorization.expires.nanoseconds,
                    authorization.sweepDue.nanoseconds,
                ]
            )
        }
    }

    /// The authorization of this prefix.
    package func authorization(prefix: String) async throws -> AuthorizationRecord? {
        try await read { try Self.authorization(prefix, in: $0) }
    }

    static func authorization(_ prefix: String, in db: Database) throws -> AuthorizationRecord? {
        try Row.fetchOne(db, sql: "SELECT * FROM authorizations WHERE prefix = ?", arguments: [prefix])
            .map(AuthorizationRecord.init(row:))
    }

    /// Closes those that are due.
    package func closeDueAuthorizations(at now: Timestamp, limit: Int) async throws -> [AuthorizationRecord] {
        try await write { db in
            let due = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM authorizations WHERE swept IS NULL AND sweep_due <= ? ORDER BY sweep_due LIMIT ?
                    """,
                arguments: [now.nanoseconds, limit]
            ).map(AuthorizationRecord.init(row:))
            for authorization in due where authorization.closed == nil {
                try db.execute(
                    sql: "UPDATE authorizations SET closed = ? WHERE prefix = ?",
                    arguments: [now.nanoseconds, authorization.prefix]
                )
            }
            return due
        }
    }

    /// Which of these keys no attachment stands for; one that is being deleted still counts.
    package func unclaimedKeys(_ keys: [ObjectKey], in bucket: BucketName) async throws -> [ObjectKey] {
        try await read { db in
            try keys.filter { key in
                try Row.fetchOne(
                    db,
                    sql: "SELECT 1 FROM attachments WHERE bucket = ? AND object_key = ?",
                    arguments: [bucket.string, key.data]
                ) == nil
            }
        }
    }

    /// Puts a sweep off.
    package func postponeSweep(prefix: String, until time: Timestamp) async throws {
        try await write { db in
            try db.execute(
                sql: "UPDATE authorizations SET sweep_due = ? WHERE prefix = ?",
                arguments: [time.nanoseconds, prefix]
            )
        }
    }

    /// Ends a sweep.
    package func finishSweep(prefix: String, at now: Timestamp) async throws {
        try await write { db in
            try db.execute(
                sql: "UPDATE authorizations SET swept = ? WHERE prefix = ?",
                arguments: [now.nanoseconds, prefix]
            )
            try Self.dropIfEmpty(prefix, in: db)
        }
    }

    // Kept while an attachment comes from it, so that a repeated claim finds out whose it is.
    static func dropIfEmpty(_ prefix: String, in db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM authorizations WHERE prefix = ? AND swept IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM attachments WHERE authorization_prefix = prefix)
                """,
            arguments: [prefix]
        )
    }
}

extension AuthorizationRecord {
    init(row: Row) throws {
        let bucket: String = row["bucket"]
        self.init(
            prefix: row["prefix"],
            tokenID: row["token_id"],
            context: ClientContext(
                teamID: row["team_id"],
                appID: row["app_id"],
                installationID: row["installation_id"]
            ),
            bucket: try BucketName(bucket),
            contentType: row["content_type"],
            filename: row["filename"],
            maximumBytes: row["maximum_bytes"],
            created: row.time("created"),
            expires: row.time("expires"),
            sweepDue: row.time("sweep_due")
        )
        claimed = row.optionalTime("claimed")
        closed = row.optionalTime("closed")
    }
}
