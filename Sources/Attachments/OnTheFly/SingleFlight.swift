import Synchronization

/// Makes each value once for all who ask for it at the same time, and a bounded number of values at a time.
///
/// What was begun is finished even when those who asked have gone: others may have joined them. `close` cancels it.
final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// So many values are being made already.
    struct Full: Error {}

    private struct State {
        var flights: [Key: Task<Value, any Error>] = [:]
        var isClosed = false
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// How many values are being made.
    var count: Int { state.withLock { $0.flights.count } }

    /// The value that `make` gives, or that somebody is having made for this key already.
    ///
    /// - Throws: `Full`; `CancellationError` after `close`; what `make` throws.
    func value(for key: Key, _ make: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let flight = try state.withLock { state in
            if let flight = state.flights[key] { return flight }
            guard !state.isClosed else { throw CancellationError() }
            guard state.flights.count < capacity else { throw Full() }
            let flight = Task {
                defer { self.end(key) }
                return try await make()
            }
            state.flights[key] = flight
            return flight
        }
        return try await flight.value
    }

    private func end(_ key: Key) {
        state.withLock { $0.flights[key] = nil }
    }

    /// Cancels what is being made and begins nothing more.
    func close() async {
        let flights = state.withLock { state in
            state.isClosed = true
            return Array(state.flights.values)
        }
        for flight in flights { flight.cancel() }
        for flight in flights { _ = await flight.result }
    }
}
