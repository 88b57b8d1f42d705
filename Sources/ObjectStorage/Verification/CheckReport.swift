import Synchronization

/// What a check has found so far, and how far it has come; read while it runs.
package final class CheckReport: Sendable {
    /// A state of the report.
    package struct State: Sendable {
        /// What is being looked at.
        package var phase = "root"
        /// Objects that were looked at.
        package var objects = 0
        /// Bytes that were read or copied.
        package var bytes: Int64 = 0
        /// What was left out, since it was there already.
        package var skipped = 0
        /// Buckets that were gone through.
        package var buckets = 0
        /// Keys that were gone through, where their versions are what is counted as objects.
        package var keys = 0
        /// Attachments that were looked at.
        package var attachments = 0
        /// What was refused, also where there is no finding for each.
        package var refused = 0
        /// Everything that was found.
        package var findings: [Finding] = []
    }

    private let current = Mutex(State())

    /// An empty report.
    package init() {}

    /// The state now.
    package var state: State { current.withLock { $0 } }

    /// Adds findings.
    package func add(_ findings: [Finding]) {
        guard !findings.isEmpty else { return }
        current.withLock { $0.findings += findings }
    }

    /// Something else is being looked at.
    package func begin(_ phase: String) {
        current.withLock { $0.phase = phase }
    }

    /// Counts objects, and bytes of them.
    package func count(_ objects: Int, bytes: Int64 = 0, skipped: Int = 0) {
        current.withLock { state in
            state.objects += objects
            state.bytes += bytes
            state.skipped += skipped
        }
    }

    /// Counts what objects are parts of, what was refused, and what names objects.
    package func count(buckets: Int = 0, keys: Int = 0, refused: Int = 0, attachments: Int = 0) {
        current.withLock { state in
            state.attachments += attachments
            state.buckets += buckets
            state.keys += keys
            state.refused += refused
        }
    }
}
