/// Says when a transfer has waited too long for something, and for what; pure, time is a parameter.
struct TransferClock {
    /// What a transfer is at.
    enum Phase: Equatable {
        case connecting
        case sending
        case awaitingHead
        case receiving
    }

    private let timeouts: TransportTimeouts
    private let began: ContinuousClock.Instant
    private var lastProgress: ContinuousClock.Instant
    private(set) var phase = Phase.connecting
    /// This side holds it up, so that the other cannot be blamed.
    private var isHeld = false

    /// The clock of a transfer that begins now.
    init(_ timeouts: TransportTimeouts, at now: ContinuousClock.Instant) {
        self.timeouts = timeouts
        (began, lastProgress) = (now, now)
    }

    /// A phase begins, or goes on.
    mutating func progress(to phase: Phase, at now: ContinuousClock.Instant) {
        self.phase = phase
        lastProgress = now
        isHeld = false
    }

    /// From here on this side holds the transfer up.
    mutating func hold() {
        isHeld = true
    }

    /// From here on the other side has to move.
    mutating func release(at now: ContinuousClock.Instant) {
        guard isHeld else { return }
        isHeld = false
        lastProgress = now
    }

    /// What took too long, if anything did.
    func failure(at now: ContinuousClock.Instant) -> TransportError? {
        if let total = timeouts.total, now - began >= total { return Self.totalTimeout(total) }
        let limit = limit
        guard !isHeld, now - lastProgress >= limit else { return nil }
        return Self.timeout(phase, limit)
    }

    private var limit: Duration {
        switch phase {
        case .connecting: timeouts.connect
        case .sending, .receiving: timeouts.stall
        case .awaitingHead: timeouts.firstByte
        }
    }

    private static func totalTimeout(_ limit: Duration) -> TransportError {
        TransportError(.totalTimeout, "the whole took longer than \(limit): allow it more time or send less")
    }

    private static func timeout(_ phase: Phase, _ limit: Duration) -> TransportError {
        switch phase {
        case .connecting:
            TransportError(
                .connectTimeout,
                "no connection within \(limit): is the server up, and does a firewall let this machine reach it?"
            )
        case .sending:
            TransportError(.stallTimeout, "the server took no byte of the body for \(limit)")
        case .awaitingHead:
            TransportError(
                .firstByteTimeout,
                "the server had the whole request and did not begin to answer for \(limit)"
            )
        case .receiving:
            TransportError(.stallTimeout, "the server sent no byte of its answer's body for \(limit)")
        }
    }
}
