import GRDB
package import S3Protocol

extension SQLiteRecordStore: DeliveryStore {
    /// Makes ready for these endpoints.
    package func prepareEndpoints(_ endpoints: [WebhookEndpoint], at now: Timestamp) async throws {
        try await write { db in
            let known = try Row.fetchAll(db, sql: "SELECT name, url FROM webhook_endpoints")
            for row in known {
                let (name, url): (String, String) = (row["name"], row["url"])
                let isSame = endpoints.contains { ByteText.equal($0.name, name) && ByteText.equal($0.url, url) }
                if !isSame { try db.execute(sql: "DELETE FROM webhook_endpoints WHERE name = ?", arguments: [name]) }
            }
            let waiting = try String.fetchAll(db, sql: "SELECT endpoint FROM webhook_totals WHERE state = 'queued'")
            let reason = FailureReason("endpoint_unknown", "The configuration has no endpoint of this name any more.")
            for name in waiting where !endpoints.contains(where: { ByteText.equal($0.name, name) }) {
                try Self.bury(name, reason, at: now, in: db)
            }
            try Self.countDeliveries(db)
        }
    }

    /// What waits for an endpoint.
    package func nextDeliveries(to endpoint: String, limit: Int) async throws -> [WebhookDelivery] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM webhook_deliveries WHERE endpoint = ? AND state = 'queued'
                    ORDER BY not_before, id LIMIT ?
                    """,
                arguments: [endpoint, limit]
            ).map(WebhookDelivery.init(row:))
        }
    }

    /// Forgets what has arrived.
    package func deleteDelivery(_ id: Int64) async throws {
        try await write { try $0.execute(sql: "DELETE FROM webhook_deliveries WHERE id = ?", arguments: [id]) }
    }

    /// Keeps a try that did not succeed.
    package func setBackDelivery(
        _ id: Int64,
        at time: Timestamp,
        _ reason: FailureReason,
        isDead: Bool
    ) async throws {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE webhook_deliveries SET attempts = attempts + 1, state = ?1, reason_code = ?2,
                        reason_message = ?3, not_before = iif(?1 = 'dead', not_before, ?4),
                        ended = iif(?1 = 'dead', ?4, NULL)
                    WHERE id = ?5 AND state = 'queued'
                    """,
                arguments: [
                    (isDead ? WebhookDelivery.State.dead : .queued).rawValue, reason.code, reason.message,
                    time.nanoseconds, id,
                ]
            )
        }
    }

    /// Gives up what waits since before a time; those that were tried keep their reason.
    package func expireDeliveries(queuedBefore time: Timestamp, at now: Timestamp, limit: Int) async throws -> Int {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE webhook_deliveries SET state = 'dead', ended = ?,
                        reason_code = coalesce(reason_code, 'expired'),
                        reason_message = coalesce(reason_message, 'It waited too long for its turn.')
                    WHERE id IN (SELECT id FROM webhook_deliveries WHERE state = 'queued' AND queued < ? LIMIT ?)
                    """,
                arguments: [now.nanoseconds, time.nanoseconds, limit]
            )
            return db.changesCount
        }
    }

    // MARK: Endpoints

    /// Switches an endpoint off.
    package func disableEndpoint(
        _ name: String,
        url: String,
        _ reason: FailureReason,
        at now: Timestamp
    ) async throws {
        try await write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO webhook_endpoints (name, url, disabled) VALUES (?, ?, ?)",
                arguments: [name, url, now.nanoseconds]
            )
            try Self.bury(name, reason, at: now, in: db)
        }
    }

    /// Switches an endpoint on again.
    package func enableEndpoint(_ name: String) async throws -> Bool {
        try await write { db in
            try db.execute(sql: "DELETE FROM webhook_endpoints WHERE name = ?", arguments: [name])
            return db.changesCount > 0
        }
    }

    /// How each endpoint is of which something is known.
    package func endpointStatuses() async throws -> [WebhookEndpointStatus] {
        try await read { db in
            let names = try String.fetchAll(
                db,
                sql: """
                    SELECT endpoint FROM webhook_totals GROUP BY endpoint HAVING sum(number) > 0
                    UNION SELECT name FROM webhook_endpoints ORDER BY 1
                    """
            )
            return try names.map { name in
                var status = WebhookEndpointStatus(name: name)
                status.queued = try Self.deliveries(.queued, of: name, db)
                status.dead = try Self.deliveries(.dead, of: name, db)
                status.oldest = try Self.time(
                    "SELECT min(queued) FROM webhook_deliveries WHERE endpoint = ? AND state = 'queued'",
                    name,
                    db
                )
                status.disabled = try Self.time("SELECT disabled FROM webhook_endpoints WHERE name = ?", name, db)
                return status
            }
        }
    }

    private static func time(_ sql: String, _ name: String, _ db: Database) throws -> Timestamp? {
        try Int64.fetchOne(db, sql: sql, arguments: [name]).map(Timestamp.init(nanoseconds:))
    }

    private static func bury(_ endpoint: String, _ reason: FailureReason, at now: Timestamp, in db: Database) throws {
        try db.execute(
            sql: """
                UPDATE webhook_deliveries SET state = 'dead', ended = ?, reason_code = ?, reason_message = ?
                WHERE endpoint = ? AND state = 'queued'
                """,
            arguments: [now.nanoseconds, reason.code, reason.message, endpoint]
        )
    }

    // The totals follow every change by themselves, but not damage.
    private static func countDeliveries(_ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM webhook_totals;
                INSERT INTO webhook_totals (endpoint, state, number)
                    SELECT endpoint, state, count(*) FROM webhook_deliveries GROUP BY endpoint, state;
                """
        )
    }
}

extension WebhookDelivery {
    init(row: Row) throws {
        self.init(
            id: row["id"],
            eventID: row["event_id"],
            type: try row.word("type"),
            created: row.time("created"),
            attachmentID: row["attachment_id"],
            snapshot: row["attachment"],
            endpoint: row["endpoint"],
            state: try row.word("state"),
            attempts: row["attempts"],
            queued: row.time("queued"),
            notBefore: row.time("not_before"),
            ended: row.optionalTime("ended"),
            reason: row.reason("reason_code", "reason_message")
        )
    }
}
