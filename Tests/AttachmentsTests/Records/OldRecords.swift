/// What older Larders made: their own steps, written out, since those of the sources are what is tested.
enum OldRecords {
    /// The steps of the first versions, in their order.
    static let steps = [first, accessKeys, pictureFacts, fairQueue]

    private static let first = """
        CREATE TABLE tokens (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            digest BLOB NOT NULL UNIQUE,
            created INTEGER NOT NULL,
            last_used INTEGER
        ) STRICT;

        CREATE TABLE authorizations (
            prefix TEXT PRIMARY KEY,
            token_id INTEGER NOT NULL,
            team_id TEXT,
            app_id TEXT,
            installation_id TEXT,
            bucket TEXT NOT NULL,
            content_type TEXT NOT NULL,
            filename TEXT,
            maximum_bytes INTEGER NOT NULL,
            created INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            sweep_due INTEGER NOT NULL,
            claimed INTEGER,
            closed INTEGER,
            swept INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX authorizations_to_sweep ON authorizations (sweep_due) WHERE swept IS NULL;

        CREATE TABLE attachments (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            token_id INTEGER NOT NULL,
            authorization_prefix TEXT NOT NULL,
            bucket TEXT NOT NULL,
            object_key BLOB NOT NULL,
            etag TEXT NOT NULL,
            version TEXT NOT NULL,
            filename TEXT,
            content_type TEXT NOT NULL,
            byte_size INTEGER NOT NULL,
            width INTEGER,
            height INTEGER,
            state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'failed')),
            failure_code TEXT,
            failure_message TEXT,
            deleting INTEGER NOT NULL DEFAULT 0,
            created INTEGER NOT NULL,
            UNIQUE (bucket, object_key)
        ) STRICT;
        CREATE INDEX attachments_of_token ON attachments (token_id, id);
        CREATE INDEX attachments_of_authorization ON attachments (authorization_prefix);
        CREATE INDEX attachments_deleting ON attachments (id) WHERE deleting = 1;

        CREATE TABLE styles (
            attachment_id INTEGER NOT NULL REFERENCES attachments (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            object_key BLOB NOT NULL,
            content_type TEXT NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            byte_size INTEGER NOT NULL,
            digest TEXT NOT NULL,
            PRIMARY KEY (attachment_id, name)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE jobs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            attachment_id INTEGER NOT NULL UNIQUE REFERENCES attachments (id) ON DELETE CASCADE,
            priority INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'dead')),
            attempts INTEGER NOT NULL DEFAULT 0,
            crashes INTEGER NOT NULL DEFAULT 0,
            not_before INTEGER NOT NULL,
            reason_code TEXT,
            reason_message TEXT,
            created INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX jobs_to_run ON jobs (state, priority, not_before, id);
        """

    private static let accessKeys = """
        CREATE TABLE access_keys (
            access_key TEXT PRIMARY KEY,
            secret TEXT NOT NULL,
            user_id TEXT NOT NULL,
            name TEXT NOT NULL,
            display_name TEXT NOT NULL,
            policy TEXT,
            disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
            created INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    private static let pictureFacts = "ALTER TABLE attachments ADD COLUMN picture TEXT;"

    private static let fairQueue = """
        ALTER TABLE jobs ADD COLUMN token_id INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE jobs ADD COLUMN ended INTEGER;
        UPDATE jobs SET token_id = coalesce((SELECT a.token_id FROM attachments a WHERE a.id = attachment_id), 0);
        UPDATE jobs SET ended = created WHERE state = 'dead';
        DROP INDEX jobs_to_run;
        CREATE INDEX jobs_in_turn ON jobs (state, priority, token_id, not_before, id);
        CREATE INDEX jobs_by_time ON jobs (state, not_before);
        CREATE INDEX jobs_by_age ON jobs (state, created);

        CREATE TABLE job_turns (
            priority INTEGER PRIMARY KEY,
            token_id INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE job_pause (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            until INTEGER NOT NULL,
            reason_code TEXT NOT NULL,
            reason_message TEXT NOT NULL
        ) STRICT;

        CREATE TABLE job_totals (
            token_id INTEGER NOT NULL,
            state TEXT NOT NULL,
            number INTEGER NOT NULL,
            PRIMARY KEY (token_id, state)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO job_totals (token_id, state, number)
            SELECT token_id, state, count(*) FROM jobs GROUP BY token_id, state;
        CREATE TRIGGER jobs_counted_in AFTER INSERT ON jobs BEGIN
            INSERT INTO job_totals (token_id, state, number) VALUES (NEW.token_id, NEW.state, 1)
                ON CONFLICT (token_id, state) DO UPDATE SET number = number + 1;
        END;
        CREATE TRIGGER jobs_counted_out AFTER DELETE ON jobs BEGIN
            UPDATE job_totals SET number = number - 1 WHERE token_id = OLD.token_id AND state = OLD.state;
        END;
        CREATE TRIGGER jobs_counted_over AFTER UPDATE OF state, token_id ON jobs BEGIN
            UPDATE job_totals SET number = number - 1 WHERE token_id = OLD.token_id AND state = OLD.state;
            INSERT INTO job_totals (token_id, state, number) VALUES (NEW.token_id, NEW.state, 1)
                ON CONFLICT (token_id, state) DO UPDATE SET number = number + 1;
        END;
        """

    /// A row in each table, as the first version left it: attachments that are done, pending, running and failed.
    static let rows = """
        INSERT INTO tokens (id, name, digest, created, last_used) VALUES (4, 'phone', X'0102', 1000, 2000);
        INSERT INTO authorizations (prefix, token_id, team_id, bucket, content_type, maximum_bytes, created, expires,
            sweep_due, claimed)
            VALUES ('async_uploads/1', 4, '7', 'uploads', 'image/png', 100, 1000, 2000, 3000, 1500);
        INSERT INTO attachments (id, token_id, authorization_prefix, bucket, object_key, etag, version, filename,
            content_type, byte_size, width, height, state, failure_code, failure_message, created) VALUES
            (1, 4, 'async_uploads/1', 'uploads', CAST('a/1.png' AS BLOB), 'e1', 'null', '1.png', 'image/png', 10, 8, 6,
                'done', NULL, NULL, 1000),
            (2, 4, 'async_uploads/1', 'uploads', CAST('a/2.png' AS BLOB), 'e2', 'null', '2.png', 'image/png', 10, NULL,
                NULL, 'pending', NULL, NULL, 1001),
            (3, 5, 'async_uploads/1', 'uploads', CAST('a/3.png' AS BLOB), 'e3', 'null', NULL, 'image/png', 10, NULL,
                NULL, 'pending', NULL, NULL, 1002),
            (4, 4, 'async_uploads/1', 'uploads', CAST('a/4.png' AS BLOB), 'e4', 'null', NULL, 'image/png', 10, NULL,
                NULL, 'failed', 'damaged', 'It is torn.', 1003);
        INSERT INTO styles (attachment_id, name, object_key, content_type, width, height, byte_size, digest)
            VALUES (1, 'thumb', CAST('styles/1/thumb-00.png' AS BLOB), 'image/png', 4, 3, 5, '00');
        INSERT INTO jobs (id, attachment_id, priority, state, attempts, crashes, not_before, reason_code,
            reason_message, created) VALUES
            (12, 2, 0, 'queued', 2, 0, 1001, 'storage', 'Full.', 1001),
            (13, 3, 0, 'running', 1, 0, 1002, NULL, NULL, 1002),
            (14, 4, 0, 'dead', 1, 0, 1003, 'damaged', 'It is torn.', 1003);
        """

    /// A row of the second version's table.
    static let key = """
        INSERT INTO access_keys (access_key, secret, user_id, name, display_name, created)
            VALUES ('ALICE', 'secret-of-alice', 'u', 'alice', 'Alice', 1000);
        """
}
