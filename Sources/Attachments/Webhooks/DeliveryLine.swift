import Synchronization

/// What is under way to one endpoint.
final class DeliveryLine: Sendable {
    private struct State {
        var underWay: Set<Int64> = []
        /// How many deliveries have ended.
        var ended = 0
        var isFailing = false
    }

    let endpoint: WebhookEndpoint
    private let state = Mutex(State())

    init(_ endpoint: WebhookEndpoint) {
        self.endpoint = endpoint
    }

    /// Whether the last answer was a failure.
    var isFailing: Bool { state.withLock { $0.isFailing } }

    /// How far deliveries were when the records were looked at.
    struct Look: Equatable, Sendable {
        fileprivate let ended: Int
    }

    /// What became of the wish to send a delivery.
    enum Taking: Equatable, Sendable {
        /// It is the caller's.
        case taken
        /// It is under way already.
        case underWay
        /// Some delivery has ended since the look, perhaps this one: look again.
        case outdated
    }

    /// To be had before the records are read.
    func look() -> Look { state.withLock { Look(ended: $0.ended) } }

    /// Takes a delivery that was found in the records after `look`.
    func take(_ id: Int64, after look: Look) -> Taking {
        state.withLock { state in
            guard state.ended == look.ended else { return .outdated }
            return state.underWay.insert(id).inserted ? .taken : .underWay
        }
    }

    /// Ends a delivery, once the records say how.
    func release(_ id: Int64) {
        state.withLock { state in
            state.underWay.remove(id)
            state.ended += 1
        }
    }

    /// Remembers how the endpoint is; true when that is news.
    func note(_ verdict: DeliveryVerdict) -> Bool {
        state.withLock { state in
            let was = state.isFailing
            state.isFailing = verdict != .delivered
            return state.isFailing != was
        }
    }
}
