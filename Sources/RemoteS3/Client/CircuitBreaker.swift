/// Leaves a remote alone that does not answer: pure, time is a parameter.
///
/// After so many failures in a row nobody is let through for a while, then one as a probe; its success closes the circuit,
/// its failure opens it for twice as long, up to a limit.
package struct CircuitBreaker: Sendable {
    /// When it opens, and for how long.
    package struct Limits: Hashable, Sendable {
        /// Failures in a row that open it.
        package var failures: Int
        /// How long it is open at first.
        package var pause: Duration
        /// How long at most.
        package var maximumPause: Duration

        /// Limits of these sizes.
        package init(failures: Int = 10, pause: Duration = .seconds(2), maximumPause: Duration = .seconds(30)) {
            self.failures = failures
            self.pause = pause
            self.maximumPause = maximumPause
        }
    }

    /// Whether a request may go.
    package enum Admission: Equatable, Sendable {
        /// It may.
        case pass
        /// It may, and shows whether the remote is back.
        case probe
        /// It may not before this time passed.
        case refuse(Duration)
    }

    private enum State {
        case closed(failures: Int)
        case open(until: ContinuousClock.Instant, pause: Duration)
        case probing(since: ContinuousClock.Instant, pause: Duration)
    }

    private let limits: Limits
    private var state = State.closed(failures: 0)

    /// A closed circuit.
    package init(_ limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Whether requests are being refused.
    package var isOpen: Bool {
        if case .closed = state { false } else { true }
    }

    /// Asks for a request to go.
    package mutating func admit(at now: ContinuousClock.Instant) -> Admission {
        switch state {
        case .closed: return .pass
        case .open(let until, let pause):
            guard now >= until else { return .refuse(until - now) }
            state = .probing(since: now, pause: pause)
            return .probe
        case .probing(let since, let pause):
            // A probe that was given up tells nothing: after a while another may go.
            guard now - since >= limits.maximumPause else { return .refuse(limits.pause) }
            state = .probing(since: now, pause: pause)
            return .probe
        }
    }

    /// The remote answered, whatever it said.
    package mutating func succeed() {
        state = .closed(failures: 0)
    }

    /// The remote did not answer.
    package mutating func fail(at now: ContinuousClock.Instant) {
        switch state {
        case .closed(let failures):
            let count = failures + 1
            state =
                count < limits.failures
                ? .closed(failures: count) : .open(until: now + limits.pause, pause: limits.pause)
        case .probing(_, let pause):
            let longer = min(pause * 2, limits.maximumPause)
            state = .open(until: now + longer, pause: longer)
        case .open: break
        }
    }
}
