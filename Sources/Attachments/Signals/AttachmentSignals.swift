package import ObjectStorage

/// How the service and the job queue wake each other.
package struct AttachmentSignals: Sendable {
    /// Rung with an attachment's id when its state changed.
    package let changed = Bell<Int64>()
    /// Rung when there is a job to run, or when the queue shall stop.
    package let work = Bell<Unit>()

    /// The one subject of a bell that needs none.
    package enum Unit: Hashable, Sendable {
        /// It.
        case only
    }

    /// Signals that nobody listens to yet.
    package init() {}

    /// Tells the queue that there is something to run.
    package func workArrived() {
        work.ring(.only)
    }
}
