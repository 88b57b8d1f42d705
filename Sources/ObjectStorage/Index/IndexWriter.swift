import GRDB
import Logging
import Synchronization

/// The only writer of the index, on a thread of its own: all changes that wait go into one transaction.
final class IndexWriter: Sendable {
    /// A change in the queue.
    final class Ticket: Sendable {
        private enum State {
            case waiting([CheckedContinuation<Void, Never>])
            case done
        }

        private let state = Mutex(State.waiting([]))

        /// Returns when the change is visible to listings, or has failed and is left to the next checkpoint.
        func wait() async {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    guard case .waiting(let others) = state else { return true }
                    state = .waiting(others + [continuation])
                    return false
                }
                if isDone { continuation.resume() }
            }
        }

        fileprivate func finish() {
            let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
                defer { state = .done }
                guard case .waiting(let waiting) = state else { return [] }
                return waiting
            }
            for continuation in waiting { continuation.resume() }
        }
    }

    private struct Item {
        let change: IndexChange
        let ticket: Ticket
    }

    private struct State {
        var queue: [Item] = []
        var isWriting = false
        var failed: Set<IntentLine> = []
        var hasOtherFailure = false
    }

    private let index: IndexDatabase
    private let root: StorageRoot
    private let log: Logger
    private let thread = BlockingPool(threadCount: 1)
    private let state = Mutex(State())

    init(index: IndexDatabase, root: StorageRoot, log: Logger) {
        self.index = index
        self.root = root
        self.log = log
    }

    /// How many changes wait.
    var queueLength: Int { state.withLock { $0.queue.count } }

    /// Queues a change behind all that were queued before; never blocks.
    @discardableResult
    func enqueue(_ change: IndexChange) -> Ticket {
        let ticket = Ticket()
        let isFirst = state.withLock { state in
            state.queue.append(Item(change: change, ticket: ticket))
            guard !state.isWriting else { return false }
            state.isWriting = true
            return true
        }
        if isFirst {
            thread.start { [self] isRunning in
                if isRunning { writeAll() } else { drop() }
            }
        }
        return ticket
    }

    /// The keys whose rows could not be written since the last call, to be reconciled.
    func takeFailures() -> Set<IntentLine> {
        state.withLock { state in
            defer { state.failed = [] }
            return state.failed
        }
    }

    /// Puts failures back that could not be mended.
    func keepFailures(_ keys: Set<IntentLine>) {
        state.withLock { $0.failed.formUnion(keys) }
    }

    /// Whether every change was written, but those that `takeFailures` gave away; without checkpoint numbers.
    var isSound: Bool { state.withLock { $0.failed.isEmpty && !$0.hasOtherFailure } }

    /// Moves everything from the log into the database file and syncs it; false when a reader was in the way.
    func checkpoint() async throws -> Bool {
        try await thread.run { [self] in
            do {
                let result = try index.pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
                return result.walFrameCount == result.checkpointedFrameCount
            } catch let error as DatabaseError
                where error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED
            {
                return false
            } catch let error as DatabaseError {
                note(error)
                return false
            }
        }
    }

    /// Ends the thread; what is queued is written before.
    func close() async {
        await thread.shutdown()
    }
}

// The thread's side.
extension IndexWriter {
    private static let longestBatch = 4_096

    private func writeAll() {
        while true {
            let batch = takeBatch()
            guard !batch.isEmpty else { return }
            write(batch)
            for item in batch { item.ticket.finish() }
        }
    }

    private func takeBatch() -> [Item] {
        state.withLock { state in
            let batch = Array(state.queue.prefix(Self.longestBatch))
            state.queue.removeFirst(batch.count)
            state.isWriting = !batch.isEmpty
            return batch
        }
    }

    private func write(_ batch: [Item]) {
        do {
            try index.pool.write { database in
                for item in batch { try item.change.apply(to: database) }
            }
        } catch {
            note(error)
            log.error(
                "the index cannot be written; its keys are looked at again",
                metadata: ["error": "\(error)", "changes": "\(batch.count)"]
            )
            remember(batch)
        }
    }

    private func remember(_ batch: [Item]) {
        state.withLock { state in
            for item in batch {
                if let line = item.change.line {
                    state.failed.insert(line)
                } else if case .checkpoint = item.change {
                    continue
                } else {
                    state.hasOtherFailure = true
                }
            }
        }
    }

    private func note(_ error: any Error) {
        guard let error = error as? DatabaseError, error.extendedResultCode == .SQLITE_IOERR_FSYNC else { return }
        root.makeReadOnly(because: "cannot sync the index: \(error)")
    }

    private func drop() {
        let items = state.withLock { state in
            defer { state.queue = [] }
            return state.queue
        }
        for item in items { item.ticket.finish() }
    }
}
