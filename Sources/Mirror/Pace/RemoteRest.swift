import RemoteS3

/// Leaves a remote alone that does not answer: pure, time is a parameter.
///
/// After a failure nothing is begun for a while, then one key finds out whether the remote is back; each further failure
/// makes the while twice as long, up to a limit.
struct RemoteRest {
    private let policy: RetryPolicy
    private var failures = 0
    private var until: ContinuousClock.Instant?
    private var isProbing = false

    init(_ policy: RetryPolicy) {
        self.policy = policy
    }

    /// When the next key may be tried, nil for now.
    func wait(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard let until else { return nil }
        // A probe wakes the others when it ends.
        return isProbing ? now + policy.maximumPause : until > now ? until : nil
    }

    /// A key is tried.
    mutating func begin() {
        isProbing = until != nil
    }

    /// The remote did something.
    mutating func succeed() {
        (failures, until, isProbing) = (0, nil, false)
    }

    /// The remote did not answer; `random` from 0 to 1 spreads the while from half of it to all.
    mutating func fail(at now: ContinuousClock.Instant, random: Double) {
        isProbing = false
        // Those that were under way together failed together.
        guard until.map({ $0 <= now }) ?? true else { return }
        failures += 1
        until = now + policy.longestPause(afterAttempts: failures) * (0.5 + min(max(random, 0), 1) / 2)
    }

    /// A try ended without telling anything of the remote.
    mutating func end() {
        isProbing = false
    }
}
