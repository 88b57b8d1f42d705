import GRDB
package import S3Protocol

// What operators ask and change of deliveries.
extension SQLiteRecordStore {
    /// Deliveries with a higher id, by id.
    package func deliveries(_ filter: DeliveryFilter, after id: Int64, limit: Int) async throws -> [WebhookDelivery] {
        try await read { db in
            let (condition, arguments) = filter.condition
            return try Row.fetchAll(
                db,
                sql: "SELECT * FROM webhook_deliveries WHERE \(condition) AND id > ? ORDER BY id LIMIT ?",
                arguments: StatementArguments(arguments + [id, limit])
            ).map(WebhookDelivery.init(row:))
        }
    }

    /// Queues so many dead deliveries again as if they were new.
    package func retryDeliveries(_ filter: DeliveryFilter, at now: Timestamp, limit: Int) async throws -> Int {
        try await write { db in
            let (condition, arguments) = filter.condition
            try db.execute(
                sql: """
                    UPDATE webhook_deliveries SET state = 'queued', attempts = 0, queued = ?, not_before = ?, ended = NULL,
                        reason_code = NULL, reason_message = NULL
                    WHERE id IN (
                        SELECT id FROM webhook_deliveries WHERE state = 'dead' AND \(condition) ORDER BY id LIMIT ?
                    )
                    """,
                arguments: StatementArguments([now.nanoseconds, now.nanoseconds] + arguments + [limit])
            )
            return db.changesCount
        }
    }

    /// Forgets so many dead deliveries.
    package func purgeDeliveries(_ filter: DeliveryFilter, limit: Int) async throws -> Int {
        try await write { db in
            let (condition, arguments) = filter.condition
            try db.execute(
                sql: """
                    DELETE FROM webhook_deliveries WHERE id IN (
                        SELECT id FROM webhook_deliveries WHERE state = 'dead' AND \(condition) ORDER BY id LIMIT ?
                    )
                    """,
                arguments: StatementArguments(arguments + [limit])
            )
            return db.changesCount
        }
    }
}

extension DeliveryFilter {
    /// What a row has to be, as SQL.
    fileprivate var condition: (sql: String, arguments: [(any DatabaseValueConvertible)?]) {
        var terms = ["true"]
        var arguments: [(any DatabaseValueConvertible)?] = []
        func require(_ term: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            terms.append(term)
            arguments.append(value)
        }
        if let ids { terms.append("id IN (\(ids.map(String.init).joined(separator: ", ")))") }
        require("state = ?", state?.rawValue)
        require("endpoint = ?", endpoint)
        require("reason_code = ?", reason)
        require("ended < ?", endedBefore?.nanoseconds)
        return (terms.joined(separator: " AND "), arguments)
    }
}
