package import Imaging
package import S3Protocol

/// The making of one attachment's styles, as it is kept.
package struct JobRecord: Equatable, Sendable {
    /// Where a job stands.
    package enum State: String, Sendable, CaseIterable {
        /// Waiting for its time and a worker.
        case queued
        /// With a worker; after a restart it is queued again.
        case running
        /// Ended without success; kept with its reason until it is retried or its attachment goes.
        case dead
    }

    /// How urgent a job is: the lower number first.
    package struct Priority: RawRepresentable, Hashable, Sendable {
        /// The number.
        package let rawValue: Int

        /// A priority of this number.
        package init(rawValue: Int) { self.rawValue = rawValue }

        /// Somebody waits for it: the first try of an attachment that was just claimed, or whose object changed.
        package static let interactive = Priority(rawValue: 0)
        /// Nobody does: further tries, and styles that are made again.
        package static let batch = Priority(rawValue: 100)
    }

    /// Never used again for another job.
    package let id: Int64
    /// Whose styles they are.
    package let attachmentID: Int64
    /// The token whose attachment it is.
    package let tokenID: Int64
    /// How often it has begun.
    package let attempts: Int
    /// How often it ended by signal, timeout or lack of memory.
    package let crashes: Int
    /// Not to begin before.
    package let notBefore: Timestamp
    /// Where it stands.
    package let state: State
    /// Why it waits or is dead.
    package let reason: FailureReason?
    /// How urgent it is.
    package let priority: Priority
    /// When it was queued, or queued again by an operator.
    package let created: Timestamp
    /// When it died.
    package let ended: Timestamp?

    /// A record of these parts.
    package init(
        id: Int64,
        attachmentID: Int64,
        tokenID: Int64,
        attempts: Int,
        crashes: Int,
        notBefore: Timestamp,
        state: State,
        reason: FailureReason?,
        priority: Priority,
        created: Timestamp,
        ended: Timestamp?
    ) {
        self.id = id
        self.attachmentID = attachmentID
        self.tokenID = tokenID
        self.attempts = attempts
        self.crashes = crashes
        self.notBefore = notBefore
        self.state = state
        self.reason = reason
        self.priority = priority
        self.created = created
        self.ended = ended
    }
}

/// How a job that did not succeed goes on.
package enum JobSetback: Equatable, Sendable {
    /// Again at that time, behind what was never tried; counts as an attempt.
    case retry(at: Timestamp, FailureReason)
    /// Again at that time, and counted as a crash.
    case crashed(retryAt: Timestamp, FailureReason)
    /// Again at that time; does not count, since the job had no part in it.
    case postpone(until: Timestamp, FailureReason?)
    /// Again at that time, and no other job before the end of the pause; does not count either.
    case pause(JobPause, again: Timestamp)
    /// Never again by itself.
    case dead(FailureReason)
}

/// What came of a job that succeeded, wholly or in part.
package struct JobOutcome: Sendable {
    /// What the original turned out to be.
    package let picture: PictureFacts?
    /// The styles that were made.
    package let styles: [StyleRecord]
    /// Why others were not; the attachment is failed then, and the job dead.
    package let failure: FailureReason?
    /// What it cost, if anybody looked; it is logged, not kept.
    package let usage: RenderReply.Usage?

    /// An outcome of these parts.
    package init(
        picture: PictureFacts?,
        styles: [StyleRecord],
        failure: FailureReason?,
        usage: RenderReply.Usage? = nil
    ) {
        self.picture = picture
        self.styles = styles
        self.failure = failure
        self.usage = usage
    }
}
