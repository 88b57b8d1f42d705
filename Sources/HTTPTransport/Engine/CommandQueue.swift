import Synchronization

/// What tasks want of the engine; bounded, since a transfer is in it at most once to start and once to be looked at.
final class CommandQueue: Sendable {
    /// A transfer that shall begin.
    struct Start: Sendable {
        let request: TransportRequest
        let transfer: Transfer
    }

    /// What came since the last time.
    struct Batch: Sendable {
        var starts: [Start] = []
        var signalled: [Transfer] = []
        var isClosing = false
    }

    private struct State {
        var batch = Batch()
        /// Transfers that began or shall, and have not ended.
        var admitted = 0
    }

    private let state = Mutex(State())
    private let limit: Int

    /// A queue that admits so many transfers at a time.
    init(limit: Int) {
        self.limit = limit
    }

    /// How many transfers have not ended.
    var count: Int { state.withLock { $0.admitted } }

    /// Adds a transfer.
    ///
    /// - Throws: `TransportError` with `busy` or `closed`.
    func add(_ start: Start) throws {
        try state.withLock { state in
            guard !state.batch.isClosing else { throw TransportError(.closed, "the transport is shut down") }
            guard state.admitted < limit else {
                throw TransportError(.busy, "\(limit) requests to other servers are under way already")
            }
            state.admitted += 1
            state.batch.starts.append(start)
        }
    }

    /// Adds a transfer that is to be looked at.
    func add(signalled transfer: Transfer) {
        state.withLock { $0.batch.signalled.append(transfer) }
    }

    /// All ends.
    func close() {
        state.withLock { $0.batch.isClosing = true }
    }

    /// What came since the last time.
    func take() -> Batch {
        state.withLock { state in
            defer { (state.batch.starts, state.batch.signalled) = ([], []) }
            return state.batch
        }
    }

    /// A transfer ended.
    func release() {
        state.withLock { $0.admitted -= 1 }
    }
}
