import FoundationEssentials
import GRDB
package import S3Protocol

// What tries came to. A key that was changed again meanwhile stays queued, whatever came of the try.
extension MirrorTable {
    /// Notes what is at the remote now; the key is not settled yet.
    package func note(_ note: MirrorNote, of entry: MirrorEntry) async throws {
        try await change(entry, "seq = ?, etag = ?, version = ?, tags = ?", Self.arguments(note))
    }

    /// Notes an upload in parts that was begun, or that there is none any more.
    package func note(_ upload: MirrorUpload?, of entry: MirrorEntry) async throws {
        try await change(
            entry,
            "upload = ?, upload_seq = ?, part_size = ?",
            [upload?.id, upload?.sequence, upload?.partSize]
        )
    }

    /// Both sides are equal; `keepsRow` is false where nothing has to be remembered of a key that is gone.
    package func settle(_ entry: MirrorEntry, _ note: MirrorNote, keepsRow: Bool, at now: Timestamp) async throws {
        try await database.write { db in
            if !keepsRow {
                try Self.run("DELETE FROM objects WHERE bucket = ? AND key = ? AND change = ?", [], entry, db)
                guard db.changesCount == 0 else { return }
            }
            try Self.run(
                "UPDATE objects SET seq = ?, etag = ?, version = ?, tags = ? WHERE bucket = ? AND key = ?",
                Self.arguments(note),
                entry,
                checksChange: false,
                db
            )
            try Self.run(
                """
                UPDATE objects SET state = 'verified', since = ?, due = 0, attempts = 0, reason = NULL, overwrites = 0,
                upload = NULL, upload_seq = NULL, part_size = NULL WHERE bucket = ? AND key = ? AND change = ?
                """,
                [now.nanoseconds],
                entry,
                db
            )
        }
    }

    /// A try did not succeed; `due` says when the next one is, which a key in conflict has none of.
    package func setBack(_ entry: MirrorEntry, to state: MirrorState, due: Timestamp, _ reason: String) async throws {
        try await database.write { db in
            try Self.run(
                """
                UPDATE objects SET state = ?, due = ?, reason = ?, attempts = attempts + 1
                WHERE bucket = ? AND key = ? AND change = ?
                """,
                [state.rawValue, due.nanoseconds, String(reason.prefix(1_000))],
                entry,
                db
            )
        }
    }

    private func change(_ entry: MirrorEntry, _ columns: String, _ arguments: StatementArguments) async throws {
        try await database.write { db in
            try Self.run(
                "UPDATE objects SET \(columns) WHERE bucket = ? AND key = ?",
                arguments,
                entry,
                checksChange: false,
                db
            )
        }
    }

    private static func arguments(_ note: MirrorNote) -> StatementArguments {
        [note.sequence, note.etag, note.version, note.tags]
    }

    private static func run(
        _ sql: String,
        _ arguments: StatementArguments,
        _ entry: MirrorEntry,
        checksChange: Bool = true,
        _ db: Database
    ) throws {
        var arguments = arguments
        arguments += [entry.bucket, Data(entry.key.utf8)]
        if checksChange { arguments += [entry.change] }
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
