import GRDB

/// Whose job is next: the more urgent priority first, and within one each token in turn, its earliest job each time.
///
/// So a token with ten thousand jobs and one with a single job both get every second place. The token that was served last
/// is kept, so a restart does not begin anew with the first. Costs one look into an index for each token that has jobs.
struct JobTurns {
    private let db: Database
    private let now: Int64

    init(_ db: Database, at now: Int64) {
        self.db = db
        self.now = now
    }

    /// The job whose turn it is, noted as served; nil when none is due.
    func take() throws -> Int64? {
        var priority = try Int.fetchOne(db, sql: "SELECT min(priority) FROM jobs WHERE state = 'queued'")
        while let current = priority {
            if let job = try next(current) {
                try note(job.token, current)
                return job.id
            }
            priority = try Int.fetchOne(
                db,
                sql: "SELECT min(priority) FROM jobs WHERE state = 'queued' AND priority > ?",
                arguments: [current]
            )
        }
        return nil
    }

    private func next(_ priority: Int) throws -> (id: Int64, token: Int64)? {
        let last = try Int64.fetchOne(
            db,
            sql: "SELECT token_id FROM job_turns WHERE priority = ?",
            arguments: [priority]
        )
        guard let last else { return try due(priority, after: -1, through: .max) }
        return try due(priority, after: last, through: .max) ?? due(priority, after: -1, through: last)
    }

    /// The earliest job of the first of these tokens that has one which is due.
    private func due(_ priority: Int, after: Int64, through: Int64) throws -> (id: Int64, token: Int64)? {
        let earliest = try db.cachedStatement(
            sql: """
                SELECT id, token_id, not_before FROM jobs
                WHERE state = 'queued' AND priority = ? AND token_id > ? AND token_id <= ?
                ORDER BY token_id, not_before, id LIMIT 1
                """
        )
        var token = after
        while let row = try Row.fetchOne(earliest, arguments: [priority, token, through]) {
            token = row["token_id"]
            let notBefore: Int64 = row["not_before"]
            if notBefore <= now { return (row["id"], token) }
        }
        return nil
    }

    private func note(_ token: Int64, _ priority: Int) throws {
        try db.execute(
            sql: """
                INSERT INTO job_turns (priority, token_id) VALUES (?, ?)
                ON CONFLICT (priority) DO UPDATE SET token_id = excluded.token_id
                """,
            arguments: [priority, token]
        )
    }
}
