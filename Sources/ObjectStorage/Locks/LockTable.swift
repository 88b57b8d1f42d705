import Synchronization

/// Locks by name, first come first served; a task that waits blocks no thread.
///
/// Cancellation: a task cancelled while it waits leaves the queue and throws `CancellationError`; once the lock is
/// held, the body runs to its end.
final class LockTable<Name: Hashable & Sendable>: Sendable {
    /// How a lock is held.
    enum Mode: Sendable {
        /// Together with other shared holders.
        case shared
        /// Alone.
        case exclusive
    }

    private struct Waiter {
        let id: UInt64
        let mode: Mode
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Lock {
        var sharedHolders = 0
        var isExclusive = false
        var waiters: [Waiter] = []

        var isFree: Bool { sharedHolders == 0 && !isExclusive }

        func admits(_ mode: Mode) -> Bool {
            switch mode {
            case .shared: !isExclusive
            case .exclusive: isFree
            }
        }

        mutating func take(_ mode: Mode) {
            switch mode {
            case .shared: sharedHolders += 1
            case .exclusive: isExclusive = true
            }
        }

        mutating func give(_ mode: Mode) {
            switch mode {
            case .shared: sharedHolders -= 1
            case .exclusive: isExclusive = false
            }
        }

        /// Takes the lock for as many waiters, from the front, as it admits.
        mutating func admitWaiters() -> [Waiter] {
            var admitted: [Waiter] = []
            while let first = waiters.first, admits(first.mode) {
                take(first.mode)
                admitted.append(waiters.removeFirst())
            }
            return admitted
        }
    }

    private struct State {
        var locks: [Name: Lock] = [:]
        var nextID: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Runs `body` while holding the lock of this name.
    func withLock<Value: Sendable>(
        _ name: Name,
        _ mode: Mode,
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        try await acquire(name, mode)
        defer { release(name, mode) }
        return try await body()
    }

    /// Runs `body` while holding the locks of all these names alone.
    ///
    /// Takes them in ascending order, so that two calls never wait for each other; whoever holds one of the names
    /// otherwise must not wait for a second.
    func withLocks<Value: Sendable>(
        _ names: [Name],
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value where Name: Comparable {
        var held: [Name] = []
        defer { for name in held { release(name, .exclusive) } }
        for name in Set(names).sorted() {
            try await acquire(name, .exclusive)
            held.append(name)
        }
        return try await body()
    }

    /// Takes the lock if nobody has to be waited for; whoever gets true gives it back by `release`.
    func tryAcquire(_ name: Name, _ mode: Mode) -> Bool {
        state.withLock { state in
            var lock = state.locks[name] ?? Lock()
            guard lock.waiters.isEmpty, lock.admits(mode) else { return false }
            lock.take(mode)
            state.locks[name] = lock
            return true
        }
    }

    /// How many names are held or waited for.
    var count: Int { state.withLock { $0.locks.count } }

    /// How many wait for this name.
    func waiterCount(_ name: Name) -> Int { state.withLock { $0.locks[name]?.waiters.count ?? 0 } }

    private func acquire(_ name: Name, _ mode: Mode) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue(Waiter(id: id, mode: mode, continuation: continuation), name)
            }
        } onCancel: {
            cancel(id, name)
        }
    }

    private func enqueue(_ waiter: Waiter, _ name: Name) {
        let outcome: Result<Void, any Error>? = state.withLock { state in
            // The flag is set before the handler runs, and the handler needs this mutex: one of the two sees it.
            if Task.isCancelled { return .failure(CancellationError()) }
            var lock = state.locks[name] ?? Lock()
            let isAdmitted = lock.waiters.isEmpty && lock.admits(waiter.mode)
            if isAdmitted { lock.take(waiter.mode) } else { lock.waiters.append(waiter) }
            state.locks[name] = lock
            return isAdmitted ? .success(()) : nil
        }
        if let outcome { waiter.continuation.resume(with: outcome) }
    }

    private func cancel(_ id: UInt64, _ name: Name) {
        let (cancelled, admitted) = state.withLock { state -> (Waiter?, [Waiter]) in
            guard var lock = state.locks[name], let index = lock.waiters.firstIndex(where: { $0.id == id }) else {
                return (nil, [])
            }
            let waiter = lock.waiters.remove(at: index)
            let admitted = lock.admitWaiters()
            state.locks[name] = lock
            return (waiter, admitted)
        }
        cancelled?.continuation.resume(throwing: CancellationError())
        for waiter in admitted { waiter.continuation.resume() }
    }

    /// Gives a lock back.
    func release(_ name: Name, _ mode: Mode) {
        let admitted = state.withLock { state -> [Waiter] in
            guard var lock = state.locks[name] else { return [] }
            lock.give(mode)
            let admitted = lock.admitWaiters()
            state.locks[name] = lock.isFree && lock.waiters.isEmpty ? nil : lock
            return admitted
        }
        for waiter in admitted { waiter.continuation.resume() }
    }
}
