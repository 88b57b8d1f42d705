package import S3Protocol

/// Which jobs an operator means; what is not given does not restrict.
package struct JobFilter: Sendable, Equatable {
    /// These only.
    package var ids: [Int64]?
    /// In one of these states.
    package var states: Set<JobRecord.State>
    /// Of this token's attachments.
    package var tokenID: Int64?
    /// With this reason.
    package var reason: String?
    /// Dead since before then.
    package var endedBefore: Timestamp?

    /// All jobs in one of these states.
    package init(states: Set<JobRecord.State> = Set(JobRecord.State.allCases)) {
        self.states = states
    }

    /// The same jobs as far as they are dead: only such can be retried or purged.
    var dead: JobFilter {
        var filter = self
        filter.states = filter.states.intersection([.dead])
        return filter
    }
}

/// What waits and why.
package struct JobBacklog: Sendable, Equatable {
    /// How many jobs there are of each state.
    package var counts: [JobRecord.State: Int]
    /// When the job that waits longest was queued.
    package var oldest: Timestamp?
    /// Until when none is begun, and why.
    package var pause: JobPause?

    /// A backlog of these parts.
    package init(counts: [JobRecord.State: Int], oldest: Timestamp?, pause: JobPause?) {
        self.counts = counts
        self.oldest = oldest
        self.pause = pause
    }
}

/// A rest of the whole queue: what keeps one job from being done keeps all of them.
package struct JobPause: Sendable, Equatable {
    /// When it ends.
    package let until: Timestamp
    /// What it is waited for.
    package let reason: FailureReason

    /// A pause of these parts.
    package init(until: Timestamp, reason: FailureReason) {
        self.until = until
        self.reason = reason
    }
}
