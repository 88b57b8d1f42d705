import FoundationEssentials
import GRDB
package import S3Protocol

extension SQLiteRecordStore {
    /// Keeps a new token.
    package func insertToken(name: String, digest: [UInt8], created: Timestamp) async throws -> TokenRecord {
        try await write { db in
            try db.execute(
                sql: "INSERT INTO tokens (name, digest, created) VALUES (?, ?, ?)",
                arguments: [name, Data(digest), created.nanoseconds]
            )
            return TokenRecord(
                id: db.lastInsertedRowID,
                name: name,
                digest: digest,
                created: created,
                lastUsed: nil
            )
        }
    }

    /// The token of this digest.
    package func token(digest: [UInt8]) async throws -> TokenRecord? {
        try await read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM tokens WHERE digest = ?", arguments: [Data(digest)])
                .map(TokenRecord.init(row:))
        }
    }

    /// All tokens by id.
    package func tokens() async throws -> [TokenRecord] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM tokens ORDER BY id").map(TokenRecord.init(row:))
        }
    }

    /// Removes a token.
    package func deleteToken(_ id: Int64) async throws -> Bool {
        try await write { db in
            try db.execute(sql: "DELETE FROM tokens WHERE id = ?", arguments: [id])
            return db.changesCount > 0
        }
    }

    /// Notes that a token was used.
    package func touchToken(_ id: Int64, at now: Timestamp) async throws {
        try await write { db in
            try db.execute(sql: "UPDATE tokens SET last_used = ? WHERE id = ?", arguments: [now.nanoseconds, id])
        }
    }
}

extension TokenRecord {
    init(row: Row) {
        let digest: Data = row["digest"]
        self.init(
            id: row["id"],
            name: row["name"],
            digest: Array(digest),
            created: row.time("created"),
            lastUsed: row.optionalTime("last_used")
        )
    }
}
