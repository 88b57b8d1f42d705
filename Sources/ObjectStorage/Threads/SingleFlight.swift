import Synchronization

/// Makes each value once for all who ask for it at the same time, and a bounded number of values at a time.
///
/// What was begun is finished even when those who asked have gone: others may have joined them. `close` cancels it.
package final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// So many values are being made already.
    package struct Full: Error {}

    private struct State {
        var flights: [Key: (number: UInt64, task: Task<Value, any Error>)] = [:]
        /// Those that nobody joins any more, and that are not over.
        var forgotten: [UInt64: Task<Value, any Error>] = [:]
        var begun: UInt64 = 0
        var isClosed = false

        var count: Int { flights.count + forgotten.count }
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// A place for so many flights at a time.
    package init(capacity: Int) {
        self.capacity = capacity
    }

    /// How many values are being made.
    package var count: Int { state.withLock { $0.count } }

    /// The value that `make` gives, or that somebody is having made for this key already.
    ///
    /// - Throws: `Full`; `CancellationError` after `close`; what `make` throws.
    package func value(for key: Key, _ make: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let flight = try state.withLock { state in
            if let flight = state.flights[key] { return flight.task }
            guard !state.isClosed else { throw CancellationError() }
            guard state.count < capacity else { throw Full() }
            state.begun += 1
            let number = state.begun
            let flight = Task {
                defer { self.end(key, number) }
                return try await make()
            }
            state.flights[key] = (number, flight)
            return flight
        }
        return try await flight.value
    }

    /// Lets nobody join what is being made for this key: whoever asks from now on has it made anew.
    package func forget(_ key: Key) {
        state.withLock { state in
            guard let flight = state.flights.removeValue(forKey: key) else { return }
            state.forgotten[flight.number] = flight.task
        }
    }

    private func end(_ key: Key, _ number: UInt64) {
        state.withLock { state in
            state.forgotten[number] = nil
            if state.flights[key]?.number == number { state.flights[key] = nil }
        }
    }

    /// Cancels what is being made and begins nothing more.
    package func close() async {
        let flights = state.withLock { state in
            state.isClosed = true
            return state.flights.values.map(\.task) + state.forgotten.values
        }
        for flight in flights { flight.cancel() }
        for flight in flights { _ = await flight.result }
    }
}
