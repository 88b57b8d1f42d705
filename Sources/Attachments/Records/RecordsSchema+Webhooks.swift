extension RecordsSchema {
    // A row for each endpoint that is told of an event, with the attachment as it was then; it goes when it has arrived.
    // An endpoint has a row of its own only once it was switched off.
    static let webhooks = """
        CREATE TABLE webhook_deliveries (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            event_id TEXT NOT NULL,
            type TEXT NOT NULL,
            attachment_id INTEGER NOT NULL,
            attachment TEXT NOT NULL,
            created INTEGER NOT NULL,
            endpoint TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('queued', 'dead')),
            attempts INTEGER NOT NULL DEFAULT 0,
            queued INTEGER NOT NULL,
            not_before INTEGER NOT NULL,
            ended INTEGER,
            reason_code TEXT,
            reason_message TEXT
        ) STRICT;
        CREATE INDEX webhook_deliveries_to_send ON webhook_deliveries (endpoint, state, not_before, id);
        CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (endpoint, state, queued);
        CREATE INDEX webhook_deliveries_by_end ON webhook_deliveries (ended) WHERE state = 'dead';

        CREATE TABLE webhook_endpoints (
            name TEXT PRIMARY KEY,
            url TEXT NOT NULL,
            disabled INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE webhook_totals (
            endpoint TEXT NOT NULL,
            state TEXT NOT NULL,
            number INTEGER NOT NULL,
            PRIMARY KEY (endpoint, state)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER webhook_deliveries_counted_in AFTER INSERT ON webhook_deliveries BEGIN
            INSERT INTO webhook_totals (endpoint, state, number) VALUES (NEW.endpoint, NEW.state, 1)
                ON CONFLICT (endpoint, state) DO UPDATE SET number = number + 1;
        END;
        CREATE TRIGGER webhook_deliveries_counted_out AFTER DELETE ON webhook_deliveries BEGIN
            UPDATE webhook_totals SET number = number - 1 WHERE endpoint = OLD.endpoint AND state = OLD.state;
        END;
        CREATE TRIGGER webhook_deliveries_counted_over AFTER UPDATE OF state ON webhook_deliveries BEGIN
            UPDATE webhook_totals SET number = number - 1 WHERE endpoint = OLD.endpoint AND state = OLD.state;
            INSERT INTO webhook_totals (endpoint, state, number) VALUES (NEW.endpoint, NEW.state, 1)
                ON CONFLICT (endpoint, state) DO UPDATE SET number = number + 1;
        END;
        """
}
