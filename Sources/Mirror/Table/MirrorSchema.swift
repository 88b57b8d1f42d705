import GRDB

/// The tables of `mirror.sqlite`, one step a version; steps are only ever added.
struct MirrorSchema: Sendable {
    /// The SQL that leads from one version to the next, beginning with an empty file.
    let steps: [String]

    /// The version that all steps lead to.
    var version: Int { steps.count }

    /// The schema of this version of Larder.
    static let current = MirrorSchema(steps: [keys])

    /// The version of a file; 0 for a new one.
    static func version(of database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }

    /// Takes the steps that are missing, in the transaction of the caller.
    func migrate(_ database: Database, from version: Int) throws {
        for step in steps.dropFirst(version) { try database.execute(sql: step) }
        try database.execute(sql: "PRAGMA user_version = \(self.version)")
    }

    // One row a key, however often it changes. `totals` is kept by triggers: counting rows would cost what the bucket is
    // large. What is verified or in conflict is not in the indexes of what has a next try.
    private static let keys = """
        CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE buckets(
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            remote TEXT NOT NULL DEFAULT '',
            paused INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE TABLE objects(
            bucket INTEGER NOT NULL,
            key BLOB NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('queued', 'verified', 'conflict', 'failed')),
            change INTEGER NOT NULL,
            seq INTEGER,
            etag TEXT,
            version TEXT,
            tags TEXT,
            size INTEGER NOT NULL,
            since INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            due INTEGER NOT NULL,
            reason TEXT,
            overwrites INTEGER NOT NULL DEFAULT 0,
            upload TEXT,
            upload_seq INTEGER,
            part_size INTEGER,
            PRIMARY KEY(bucket, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX objects_due ON objects(bucket, due) WHERE state IN ('queued', 'failed');
        CREATE INDEX objects_since ON objects(bucket, since) WHERE state IN ('queued', 'failed');
        CREATE INDEX objects_reason ON objects(bucket, due) WHERE reason IS NOT NULL;
        CREATE TABLE totals(
            bucket INTEGER NOT NULL,
            state TEXT NOT NULL,
            number INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            PRIMARY KEY(bucket, state)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER objects_added AFTER INSERT ON objects BEGIN
            INSERT INTO totals VALUES (new.bucket, new.state, 1, new.size)
            ON CONFLICT DO UPDATE SET number = number + 1, bytes = bytes + new.size;
        END;
        CREATE TRIGGER objects_removed AFTER DELETE ON objects BEGIN
            UPDATE totals SET number = number - 1, bytes = bytes - old.size
            WHERE bucket = old.bucket AND state = old.state;
        END;
        CREATE TRIGGER objects_changed AFTER UPDATE OF state, size ON objects
        WHEN old.state <> new.state OR old.size <> new.size BEGIN
            UPDATE totals SET number = number - 1, bytes = bytes - old.size
            WHERE bucket = old.bucket AND state = old.state;
            INSERT INTO totals VALUES (new.bucket, new.state, 1, new.size)
            ON CONFLICT DO UPDATE SET number = number + 1, bytes = bytes + new.size;
        END;
        """
}
