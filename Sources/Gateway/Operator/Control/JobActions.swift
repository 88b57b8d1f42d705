import Attachments
import S3Protocol

/// `/jobs`: the queue of styles.
struct JobActions: Sendable {
    let jobs: JobInventory

    func perform(_ method: String, _ name: String?, body: JSONBody) async throws -> JSONValue {
        switch (method, name) {
        case ("POST", "list"): return try await list(body)
        case ("POST", "retry"): return .object([.init("retried", .number("\(try await jobs.retry(chosen(body)))"))])
        case ("POST", "purge"): return .object([.init("purged", .number("\(try await jobs.purge(chosen(body)))"))])
        default: throw APIError.routeNotFound()
        }
    }

    private func list(_ body: JSONBody) async throws -> JSONValue {
        let limit = body.integer("limit") ?? 100
        guard (1...Int64(JobInventory.longestList)).contains(limit) else {
            throw APIError(status: 422, .init("bad_limit", "limit is 1 to \(JobInventory.longestList)."))
        }
        let found = try await jobs.list(try JobFilter(body, jobs), after: body.integer("after") ?? 0, limit: Int(limit))
        let backlog = try await jobs.backlog()
        let now = jobs.now
        return .object([
            .init(
                "counts",
                .object(JobRecord.State.allCases.map { .init($0.rawValue, .number("\(backlog.counts[$0] ?? 0)")) })
            ),
            .init("oldest_seconds", .optional(backlog.oldest.map { max(0, now.seconds - $0.seconds) })),
            .init("pause", backlog.pause.flatMap { $0.until > now ? Self.json($0) : nil } ?? .null),
            .init("jobs", .array(found.map(Self.json))),
        ])
    }

    // One who names nothing would else change everything by mistake.
    private func chosen(_ body: JSONBody) throws -> JobFilter {
        let filter = try JobFilter(body, jobs)
        let isNarrow = filter.ids != nil || filter.tokenID != nil || filter.reason != nil || filter.endedBefore != nil
        guard isNarrow || body.flag("all") else {
            throw APIError(
                status: 422,
                .init("nothing_chosen", "Name jobs by their ids, or choose them, or all of them.")
            )
        }
        return filter
    }

    private static func json(_ pause: JobPause) -> JSONValue {
        .object([.init("until", .string(pause.until.iso8601)), .init("reason", pause.reason.json)])
    }

    private static func json(_ job: JobRecord) -> JSONValue {
        .object([
            .init("id", .number("\(job.id)")),
            .init("attachment", .number("\(job.attachmentID)")),
            .init("token", .number("\(job.tokenID)")),
            .init("state", .string(job.state.rawValue)),
            .init("priority", .string(job.priority.text)),
            .init("attempts", .number("\(job.attempts)")),
            .init("crashes", .number("\(job.crashes)")),
            .init("created", .string(job.created.iso8601)),
            .init("not_before", .string(job.notBefore.iso8601)),
            .init("ended", job.ended.map { .string($0.iso8601) } ?? .null),
            .init("reason", job.reason?.json ?? .null),
        ])
    }
}

extension JobFilter {
    /// What a command asks for.
    fileprivate init(_ body: JSONBody, _ jobs: JobInventory) throws {
        self.init()
        if let names = body.list("states"), !names.isEmpty { states = Set(try names.map(Self.state)) }
        ids = body.integers("ids")
        tokenID = body.integer("token")
        reason = body["reason"]?.string
        endedBefore = body.integer("older_than_seconds").map { jobs.now.advanced(bySeconds: -max(0, $0)) }
    }

    private static func state(_ name: String) throws -> JobRecord.State {
        guard let state = JobRecord.State(rawValue: name) else {
            let known = JobRecord.State.allCases.map(\.rawValue).joined(separator: ", ")
            throw APIError(status: 422, .init("bad_state", "A job is \(known); '\(name)' is none of these."))
        }
        return state
    }
}

extension JobRecord.Priority {
    fileprivate var text: String {
        switch self {
        case .interactive: "interactive"
        case .batch: "batch"
        default: "\(rawValue)"
        }
    }
}
