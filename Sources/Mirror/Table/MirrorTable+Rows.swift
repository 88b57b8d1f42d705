import FoundationEssentials
import GRDB
package import S3Protocol

extension MirrorTable {
    /// The keys of a bucket whose next try is due, those that are due longest first; and when the first other one is.
    package func due(
        in buckets: [Int64],
        at now: Timestamp,
        limit: Int
    ) async throws -> (entries: [MirrorEntry], next: Timestamp?) {
        try await database.read { db in
            var entries: [MirrorEntry] = []
            for bucket in buckets {
                entries += try Self.entries(
                    "o.bucket = ? AND o.state IN ('queued', 'failed') ORDER BY o.due LIMIT ?",
                    [bucket, limit],
                    db
                )
            }
            entries.sort { $0.due < $1.due }
            return (entries.filter { $0.due <= now }, entries.first { $0.due > now }?.due)
        }
    }

    /// The row of a key; nil when there is none.
    package func entry(of key: ObjectKey, bucketID: String) async throws -> MirrorEntry? {
        try await database.read { db in
            try Self.entries("b.id = ? AND o.key = ?", [bucketID, Data(key.utf8)], db).first
        }
    }

    /// Rows of a bucket in one of these states, by key.
    package func entries(bucketID: String, states: [MirrorState], limit: Int) async throws -> [MirrorEntry] {
        let names = states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return try await database.read { db in
            try Self.entries("b.id = ? AND o.state IN (\(names)) ORDER BY o.key LIMIT ?", [bucketID, limit], db)
        }
    }

    private static func entries(
        _ condition: String,
        _ arguments: StatementArguments,
        _ db: Database
    ) throws -> [MirrorEntry] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT o.*, b.id AS bucket_id FROM objects o JOIN buckets b ON b.number = o.bucket WHERE \(condition)
                """
        )
        return try Row.fetchAll(statement, arguments: arguments).map(MirrorEntry.init(row:))
    }
}

extension MirrorEntry {
    fileprivate init(row: Row) throws {
        let bytes: Data = row["key"]
        bucket = row["bucket"]
        bucketID = row["bucket_id"]
        key = try ObjectKey(utf8: Array(bytes))
        state = MirrorState(rawValue: row["state"]) ?? .queued
        change = row["change"]
        if let sequence: Int64 = row["seq"] {
            note = MirrorNote(sequence: sequence, etag: row["etag"], version: row["version"], tags: row["tags"])
        }
        size = row["size"]
        since = Timestamp(nanoseconds: row["since"])
        attempts = row["attempts"]
        due = Timestamp(nanoseconds: row["due"])
        reason = row["reason"]
        overwrites = row["overwrites"]
        if let id: String = row["upload"], let sequence: Int64 = row["upload_seq"], let size: Int64 = row["part_size"] {
            upload = MirrorUpload(id: id, sequence: sequence, partSize: size)
        }
    }
}
