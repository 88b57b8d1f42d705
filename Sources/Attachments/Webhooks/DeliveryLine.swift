import Synchronization

/// What is under way to one endpoint.
final class DeliveryLine: Sendable {
    private struct State {
        var underWay: Set<Int64> = []
        var isFailing = false
    }

    let endpoint: WebhookEndpoint
    private let state = Mutex(State())

    init(_ endpoint: WebhookEndpoint) {
        self.endpoint = endpoint
    }

    /// Whether the last answer was a failure.
    var isFailing: Bool { state.withLock { $0.isFailing } }

    /// Takes a delivery; false when it is under way already.
    func take(_ id: Int64) -> Bool { state.withLock { $0.underWay.insert(id).inserted } }

    /// Ends a delivery.
    func release(_ id: Int64) { state.withLock { _ = $0.underWay.remove(id) } }

    /// Remembers how the endpoint is; true when that is news.
    func note(_ verdict: DeliveryVerdict) -> Bool {
        state.withLock { state in
            let was = state.isFailing
            state.isFailing = verdict != .delivered
            return state.isFailing != was
        }
    }
}
