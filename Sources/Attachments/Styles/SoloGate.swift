import Synchronization

/// Lets many in at a time, or one alone: who failed beside others is tried once more by itself.
///
/// In order of arrival, so that neither kind starves.
final class SoloGate: Sendable {
    private struct State {
        var inside = 0
        var isAlone = false
        var waiting: [(alone: Bool, continuation: CheckedContinuation<Void, Never>)] = []

        func admits(alone: Bool) -> Bool {
            alone ? inside == 0 : !isAlone
        }

        mutating func enter(alone: Bool) {
            inside += 1
            isAlone = alone
        }

        mutating func admitted() -> [CheckedContinuation<Void, Never>] {
            var admitted: [CheckedContinuation<Void, Never>] = []
            while let first = waiting.first, admits(alone: first.alone) {
                enter(alone: first.alone)
                admitted.append(waiting.removeFirst().continuation)
            }
            return admitted
        }
    }

    private let state = Mutex(State())

    /// Runs `body` beside others, or alone.
    func pass<Result: Sendable>(
        alone: Bool,
        _ body: () async throws -> Result
    ) async rethrows -> Result {
        await enter(alone: alone)
        defer { leave() }
        return try await body()
    }

    private func enter(alone: Bool) async {
        await withCheckedContinuation { continuation in
            let admitted = state.withLock { state in
                state.waiting.append((alone, continuation))
                return state.admitted()
            }
            for one in admitted { one.resume() }
        }
    }

    private func leave() {
        let admitted = state.withLock { state in
            state.inside -= 1
            if state.inside == 0 { state.isAlone = false }
            return state.admitted()
        }
        for one in admitted { one.resume() }
    }
}
