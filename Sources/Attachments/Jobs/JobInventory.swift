import ObjectStorage
package import S3Protocol

/// The jobs as an operator sees them: listed, tried again, forgotten.
package struct JobInventory: Sendable {
    /// The most jobs that one list has.
    package static let longestList = 10_000

    private let store: any RecordStore
    private let signals: AttachmentSignals?
    private let clock: @Sendable () -> Timestamp

    /// The jobs of a store; `signals` are those of the queue that works on them, if one does.
    package init(
        store: any RecordStore,
        signals: AttachmentSignals?,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.signals = signals
        self.clock = clock
    }

    /// The time by which ages are told.
    package var now: Timestamp { clock() }

    /// Jobs with a higher id, by id.
    package func list(_ filter: JobFilter, after id: Int64 = 0, limit: Int) async throws -> [JobRecord] {
        try await store.jobs(filter, after: id, limit: min(max(limit, 1), Self.longestList))
    }

    /// What waits and why.
    package func backlog() async throws -> JobBacklog {
        try await store.jobBacklog()
    }

    /// Queues dead jobs again as if they were new, behind what somebody waits for, and ends a pause; gives how many.
    ///
    /// - Throws: 409 when jobs are named and none of them is dead.
    package func retry(_ filter: JobFilter) async throws -> Int {
        let count = try await Batches.repeated { limit in
            let jobs = try await store.retryJobs(filter.dead, at: clock(), limit: limit)
            for job in jobs { signals?.changed.ring(job.attachmentID) }
            return jobs.count
        }
        try check(count, filter)
        signals?.workArrived()
        return count
    }

    /// Forgets dead jobs, and gives how many; their attachments stay failed and say why.
    ///
    /// - Throws: 409 when jobs are named and none of them is dead.
    package func purge(_ filter: JobFilter) async throws -> Int {
        let count = try await Batches.repeated { try await store.purgeJobs(filter.dead, limit: $0) }
        try check(count, filter)
        return count
    }

    private func check(_ count: Int, _ filter: JobFilter) throws {
        guard count > 0 || filter.ids == nil else { throw APIError.jobNotDead() }
    }
}
