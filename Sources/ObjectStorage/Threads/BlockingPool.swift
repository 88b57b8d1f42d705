import CLinux
import NIOCore
import Synchronization

/// Threads for calls that block: the only place where files are touched.
///
/// Sized for the disk, not for the cores: concurrent syncs share a commit of the file system's journal. A thread is made
/// when work waits and none is idle, so that an idle server has few. Work is begun in the order in which it came.
package final class BlockingPool: Sendable {
    /// The default number of threads.
    package static let defaultThreadCount = 32

    /// What a thread does; told whether it is to be done at all.
    package typealias Work = @Sendable (_ isRunning: Bool) -> Void

    private struct State {
        var waiting = CircularBuffer<Work>()
        /// Threads that wait and that nobody has signalled.
        var idle = 0
        /// Threads that wait and were signalled.
        var woken = 0
        var threads = 0
        var isShutDown = false
        var onEnd: (@Sendable () -> Void)?

        /// A thread that waited looks again: it was signalled, or woke by itself, or another took what it was woken for.
        mutating func stopWaiting() {
            if woken > 0 { woken -= 1 } else { idle -= 1 }
        }
    }

    private enum Turn: Sendable {
        case work(Work)
        case end(onEnd: (@Sendable () -> Void)?)
    }

    private let monitor = Monitor(State())
    private let threadCount: Int

    /// A pool of at most so many threads.
    package init(threadCount: Int = BlockingPool.defaultThreadCount) {
        self.threadCount = threadCount
    }

    /// Runs `work` on a thread of the pool and returns what it returns; not cancelled once it was begun.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            start(Self.work(work) { continuation.resume(with: $0) })
        }
    }

    /// Work for `start` that tells `finish` what it returns, or that the store is closed.
    static func work<Value>(
        _ work: @escaping @Sendable () throws -> Value,
        _ finish: @escaping @Sendable (Result<Value, any Error>) -> Void
    ) -> Work {
        { isRunning in
            guard isRunning else { return finish(.failure(StorageError(.closed, "the store is closed"))) }
            finish(Result(catching: work))
        }
    }

    /// Begins `work` on a thread of the pool without waiting for it; after `shutdown` it is told that it is not.
    package func start(_ work: @escaping Work) {
        enum Next {
            case wake, make, wait, refuse
        }
        let next = monitor.withLock { state -> Next in
            guard !state.isShutDown else { return .refuse }
            state.waiting.append(work)
            if state.idle > 0 {
                state.idle -= 1
                state.woken += 1
                return .wake
            }
            guard state.threads < threadCount else { return .wait }
            state.threads += 1
            return .make
        }
        switch next {
        case .wake: monitor.signal()
        case .make: makeThread()
        case .wait: break
        case .refuse: work(false)
        }
    }

    /// Ends all threads after what was begun; what waits is told that it is not.
    package func shutdown() async {
        await withCheckedContinuation { continuation in
            let (left, isOver) = monitor.withLock { state -> ([Work], Bool) in
                let left = Array(state.waiting)
                state.waiting.removeAll()
                state.isShutDown = true
                state.onEnd = { continuation.resume() }
                return (left, state.threads == 0)
            }
            monitor.broadcast()
            for work in left { work(false) }
            if isOver { continuation.resume() }
        }
    }

    private func makeThread() {
        let box = Unmanaged.passRetained(self)
        let failure = clinux_start_thread(
            "larder-pool",
            { context in
                guard let context else { return nil }
                Unmanaged<BlockingPool>.fromOpaque(context).takeRetainedValue().work()
                return nil
            },
            box.toOpaque()
        )
        guard failure == 0 else {
            box.release()
            return giveUpThread()
        }
    }

    /// Without a thread for it the work is done by those that there are; without any it is refused.
    private func giveUpThread() {
        let (refused, onEnd) = monitor.withLock { state -> ([Work], (@Sendable () -> Void)?) in
            state.threads -= 1
            guard state.threads == 0 else { return ([], nil) }
            let left = Array(state.waiting)
            state.waiting.removeAll()
            return (left, state.onEnd)
        }
        for work in refused { work(false) }
        onEnd?()
    }

    private func work() {
        while true {
            switch nextTurn() {
            case .work(let work): work(true)
            case .end(let onEnd):
                onEnd?()
                return
            }
        }
    }

    private func nextTurn() -> Turn {
        var isWaiting = false
        return monitor.wait { state in
            if isWaiting { state.stopWaiting() }
            isWaiting = true
            if let work = state.waiting.popFirst() { return .work(work) }
            if state.isShutDown {
                state.threads -= 1
                return .end(onEnd: state.threads == 0 ? state.onEnd : nil)
            }
            state.idle += 1
            return nil
        }
    }
}
