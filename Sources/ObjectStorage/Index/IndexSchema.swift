import GRDB

/// The tables of `index.sqlite`, one step a version; steps are only ever added.
struct IndexSchema: Sendable {
    /// The SQL that leads from one version to the next, beginning with an empty file.
    let steps: [String]

    /// The version that all steps lead to.
    var version: Int { steps.count }

    /// The schema of this version of Larder.
    static let current = IndexSchema(steps: [orderedKeys, usage, versions])

    /// The version of a file; 0 for a new one.
    static func version(of database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }

    /// Takes the steps that are missing, in the transaction of the caller.
    func migrate(_ database: Database, from version: Int) throws {
        for step in steps.dropFirst(version) { try database.execute(sql: step) }
        try database.execute(sql: "PRAGMA user_version = \(self.version)")
    }

    private static let orderedKeys = """
        CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE buckets(
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            complete INTEGER NOT NULL
        );
        CREATE TABLE objects(
            bucket INTEGER NOT NULL,
            key BLOB NOT NULL,
            seq INTEGER NOT NULL,
            version TEXT NOT NULL,
            size INTEGER NOT NULL,
            mtime INTEGER NOT NULL,
            etag TEXT NOT NULL,
            checksum TEXT,
            class TEXT,
            PRIMARY KEY(bucket, key)
        ) WITHOUT ROWID;
        """

    // `dropped` holds the numbers of buckets that have rows left, which go in small pieces.
    private static let usage = """
        ALTER TABLE buckets ADD COLUMN objects INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE buckets ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
        UPDATE buckets SET
            objects = (SELECT count(*) FROM objects WHERE bucket = number),
            bytes = (SELECT coalesce(sum(size), 0) FROM objects WHERE bucket = number);
        CREATE TABLE dropped(number INTEGER PRIMARY KEY);
        """

    // `objects` holds the current versions, `versions` the noncurrent ones and the delete markers.
    private static let versions = """
        ALTER TABLE objects ADD COLUMN sumtype TEXT;
        ALTER TABLE objects ADD COLUMN owner TEXT;
        CREATE TABLE versions(
            bucket INTEGER NOT NULL,
            key BLOB NOT NULL,
            seq INTEGER NOT NULL,
            version TEXT NOT NULL,
            size INTEGER NOT NULL,
            mtime INTEGER NOT NULL,
            etag TEXT NOT NULL,
            checksum TEXT,
            class TEXT,
            sumtype TEXT,
            owner TEXT,
            marker INTEGER NOT NULL,
            PRIMARY KEY(bucket, key, seq DESC)
        ) WITHOUT ROWID;
        """
}
