import GRDB
import ObjectStorage
import S3Protocol

extension SQLiteRecordStore {
    /// Keeps what is to be told of an attachment that has just ended, in the transaction that ended it; of a pending one
    /// there is nothing to tell.
    func announce(_ id: Int64, at now: Timestamp, in db: Database) throws {
        guard !outbox.subscriptions.isEmpty, let record = try Self.record(id, in: db) else { return }
        let type: WebhookEventType
        switch record.state {
        case .pending: return
        case .done: type = .processed
        case .failed: type = .failed
        }
        let event = "evt_" + Hex.encode(RandomBytes.make(16))
        let snapshot = try AttachmentSnapshot(record).text
        for (name, events) in outbox.subscriptions where events.contains(type) {
            guard try !Self.isDisabled(name, db) else { continue }
            try queue(event, type, of: id, snapshot, for: name, at: now, in: db)
        }
    }

    /// Wakes who delivers; after a transaction that may have had something to tell.
    func ringOutbox() {
        outbox.bell.ring(.only)
    }

    private func queue(
        _ event: String,
        _ type: WebhookEventType,
        of attachment: Int64,
        _ snapshot: String,
        for endpoint: String,
        at now: Timestamp,
        in db: Database
    ) throws {
        let isFull = try Self.deliveries(.queued, of: endpoint, db) >= outbox.maximumQueued
        let reason = isFull ? FailureReason("outbox_full", "\(outbox.maximumQueued) deliveries waited already.") : nil
        try db.execute(
            sql: """
                INSERT INTO webhook_deliveries (event_id, type, attachment_id, attachment, created, endpoint, state,
                    queued, not_before, ended, reason_code, reason_message)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                event, type.rawValue, attachment, snapshot, now.nanoseconds, endpoint,
                (isFull ? WebhookDelivery.State.dead : .queued).rawValue, now.nanoseconds, now.nanoseconds,
                isFull ? now.nanoseconds : nil, reason?.code, reason?.message,
            ]
        )
    }

    private static func isDisabled(_ endpoint: String, _ db: Database) throws -> Bool {
        try Row.fetchOne(db, sql: "SELECT 1 FROM webhook_endpoints WHERE name = ?", arguments: [endpoint]) != nil
    }

    static func deliveries(_ state: WebhookDelivery.State, of endpoint: String, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db,
            sql: "SELECT number FROM webhook_totals WHERE endpoint = ? AND state = ?",
            arguments: [endpoint, state.rawValue]
        ) ?? 0
    }
}
