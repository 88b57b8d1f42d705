import GRDB

/// The tables of `records.sqlite`, one step a version; steps are only ever added.
package struct RecordsSchema: Sendable {
    /// The SQL that leads from one version to the next, beginning with an empty file.
    package var steps: [String]

    /// The version that all steps lead to.
    package var version: Int { steps.count }

    /// A schema of these steps.
    package init(steps: [String]) {
        self.steps = steps
    }

    /// The schema of this version of Larder.
    package static let current = RecordsSchema(steps: [firstVersion, accessKeys, pictureFacts, fairQueue, webhooks])

    /// The version of a file; 0 for a new one.
    static func version(of database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }

    /// Takes the steps that are missing, in the transaction of the caller.
    func migrate(_ database: Database, from version: Int) throws {
        for step in steps.dropFirst(version) { try database.execute(sql: step) }
        try database.execute(sql: "PRAGMA user_version = \(self.version)")
    }

    // Times are nanoseconds since 1970. Keys are BLOBs, since they compare by bytes. AUTOINCREMENT, because an id that
    // came back would give the records of a deleted token, or the styles of a deleted attachment, to a new one.
    private static let firstVersion = """
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

    // SigV4 needs the secret itself, no digest of it. A key with a policy may do what that allows; one without, what
    // owners may.
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

    // JSON, since nothing is searched for in it.
    private static let pictureFacts = "ALTER TABLE attachments ADD COLUMN picture TEXT;"
}
