internal import Synchronization

/// What the threads of a pool tell the outside, and who waits for their end.
final class StatusBoard: Sendable {
    private struct State {
        var status: WorkerPoolStatus
        var number: UInt64 = 0
        var slots: Int
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(_ configuration: ImageWorkerPool.Configuration) {
        let status = WorkerPoolStatus(
            program: configuration.program.path,
            workers: configuration.workers,
            queueLength: configuration.queueLength
        )
        state = Mutex(State(status: status, slots: configuration.workers))
    }

    var status: WorkerPoolStatus { state.withLock { $0.status } }

    func change(_ body: (inout WorkerPoolStatus) -> Void) {
        state.withLock { body(&$0.status) }
    }

    func nextNumber() -> UInt64 {
        state.withLock { state in
            state.number += 1
            return state.number
        }
    }

    func slotEnded() {
        let waiters = state.withLock { state in
            state.slots -= 1
            guard state.slots == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [] }
            return state.waiters
        }
        waiters.forEach { $0.resume() }
    }

    func allSlotsEnded() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                guard state.slots > 0 else { return true }
                state.waiters.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }
}
