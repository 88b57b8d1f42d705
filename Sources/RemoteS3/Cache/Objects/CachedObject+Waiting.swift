import Synchronization

/// What readers of an object do: they wait for the fetch that brings their bytes, and the last one that goes ends it when it has
/// much to do still.
extension CachedObject {
    /// What a reader does next, and the fetch that it belongs to from now on.
    ///
    /// - Parameter old: The fetch that it belonged to.
    func step(at offset: Int64, end: Int64, leaving old: Int?) -> (step: BlockPlan.Step, fetch: Int?) {
        let (step, new, abandoned) = state.withLock { state -> (BlockPlan.Step, Int?, Task<Void, Never>?) in
            let step = state.plan.step(at: offset, end: end)
            // One that will bring what is read later is not to end while what is here already is read.
            let new = step.run ?? state.plan.run(for: offset..<end, preferring: old)
            if case .fetch(let run) = step { state.fetches[run.id] = Fetch() }
            guard new != old else { return (step, new, nil) }
            if let new { state.fetches[new]?.readers += 1 }
            return (step, new, state.leave(old))
        }
        abandoned?.cancel()
        if case .fetch(let run) = step { start(run) }
        return (step, new)
    }

    /// Notes that a reader needs a fetch no more.
    func leave(_ fetch: Int?) {
        state.withLock { $0.leave(fetch) }?.cancel()
    }

    /// Waits until a fetch has brought the byte at `offset`, or is over.
    ///
    /// - Throws: `CancellationError`.
    func wait(for fetch: Int, beyond offset: Int64) async throws {
        let id = state.withLock { state in
            state.waiters += 1
            return state.waiters
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !Task.isCancelled, state.isExpected(fetch, beyond: offset) else { return true }
                    state.fetches[fetch]?.waiting[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.fetches[fetch]?.waiting.removeValue(forKey: id) }?.resume()
        }
        try Task.checkCancellation()
    }

    /// Whether the remote has begun to send what a run is for.
    func hasBegun(_ run: Int) -> Bool { state.withLock { $0.plan.hasBegun(run) } }

    /// Why a fetch ended before its end; nil when it did not.
    func failure(of fetch: Int) -> (any Error)? { state.withLock { $0.fetches[fetch]?.failure } }
}

extension CachedObject.State {
    /// Whether a fetch is still to bring the byte at `offset`.
    fileprivate func isExpected(_ id: Int, beyond offset: Int64) -> Bool {
        guard let fetch = fetches[id], !fetch.isOver, let run = plan.runs.first(where: { $0.id == id }) else {
            return false
        }
        return run.position <= offset
    }

    /// Takes a reader from a fetch; the task is to be cancelled when it was the last.
    fileprivate mutating func leave(_ id: Int?) -> Task<Void, Never>? {
        guard let id, var fetch = fetches[id] else { return nil }
        fetch.readers -= 1
        fetches[id] = fetch.readers == 0 && fetch.isOver ? nil : fetch
        guard fetch.readers == 0, !fetch.isOver, plan.isFarFromEnd(id) else { return nil }
        // Nobody may join what is about to end.
        plan.end(id)
        return fetch.task
    }
}

extension BlockPlan.Step {
    fileprivate var run: Int? {
        switch self {
        case .ready(_, let run): run
        case .wait(let run): run
        case .fetch(let run): run.id
        }
    }
}
