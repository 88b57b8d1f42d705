import Synchronization

/// What was learnt of the buckets of remotes; some know less than S3.
final class RemoteTraits: Sendable {
    /// How long an answer about a bucket's settings is believed.
    private static let lifetime = Duration.seconds(60)

    private struct State {
        /// Endpoints that do not take conditions with a write.
        var unconditional: Set<String> = []
        var versioned: [String: (value: Bool, until: ContinuousClock.Instant)] = [:]
    }

    private let state = Mutex(State())

    /// Whether an endpoint takes conditions with a write.
    func takesConditions(_ endpoint: String) -> Bool {
        state.withLock { !$0.unconditional.contains(endpoint) }
    }

    /// An endpoint takes none.
    func noteUnconditional(_ endpoint: String) {
        state.withLock { _ = $0.unconditional.insert(endpoint) }
    }

    /// Whether a bucket keeps versions; nil when that is not known.
    func isVersioned(_ bucket: String) -> Bool? {
        state.withLock { $0.versioned[bucket].flatMap { $0.until > .now ? $0.value : nil } }
    }

    /// A bucket keeps versions, or does not.
    func note(_ bucket: String, isVersioned: Bool) {
        state.withLock { $0.versioned[bucket] = (isVersioned, .now + Self.lifetime) }
    }
}
