import GRDB
import S3Protocol

extension SQLiteRecordStore: AccessKeyStore {
    /// Keeps the key that `make` gives when it is told of those that are there.
    package func insertKey(
        _ make: @escaping @Sendable (_ present: [KeyRecord]) throws -> KeyRecord
    ) async throws -> KeyRecord {
        try await write { db in
            let key = try make(try KeyRecord.all(db))
            try db.execute(
                sql: """
                    INSERT INTO access_keys
                        (access_key, secret, user_id, name, display_name, policy, disabled, created)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    key.accessKey, key.secret, key.userID, key.name, key.displayName, key.policy, key.isDisabled,
                    key.created.nanoseconds,
                ]
            )
            return key
        }
    }

    /// All keys, the oldest first.
    package func keys() async throws -> [KeyRecord] {
        try await read { try KeyRecord.all($0) }
    }

    /// Switches a key off or on.
    package func setKey(_ accessKey: String, isDisabled: Bool) async throws -> Bool {
        try await write { db in
            try db.execute(
                sql: "UPDATE access_keys SET disabled = ? WHERE access_key = ?",
                arguments: [isDisabled, accessKey]
            )
            return db.changesCount > 0
        }
    }

    /// Removes a key.
    package func deleteKey(_ accessKey: String) async throws -> Bool {
        try await write { db in
            try db.execute(sql: "DELETE FROM access_keys WHERE access_key = ?", arguments: [accessKey])
            return db.changesCount > 0
        }
    }
}

extension KeyRecord {
    fileprivate static func all(_ database: Database) throws -> [KeyRecord] {
        try Row.fetchAll(database, sql: "SELECT * FROM access_keys ORDER BY created, access_key")
            .map(KeyRecord.init(row:))
    }

    private init(row: Row) {
        self.init(
            accessKey: row["access_key"],
            secret: row["secret"],
            userID: row["user_id"],
            name: row["name"],
            displayName: row["display_name"],
            policy: row["policy"],
            isDisabled: row["disabled"],
            created: row.time("created")
        )
    }
}
