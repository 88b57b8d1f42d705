import GRDB
import Logging
import Synchronization

/// The only writer of the index, on a thread of its own: all changes that wait go into one transaction.
final class IndexWriter: Sendable {
    /// A change in the queue.
    final class Ticket: Sendable {
        private enum State {
            case waiting([CheckedContinuation<Bool, Never>])
            case done(isWritten: Bool)
        }

        private let state = Mutex(State.waiting([]))

        /// Returns true when the change is visible to listings, false when it has failed; a row that has failed is
        /// left to the next checkpoint.
        @discardableResult
        func wait() async -> Bool {
            await withCheckedContinuation { continuation in
                let outcome: Bool? = state.withLock { state in
                    switch state {
                    case .done(let isWritten): return isWritten
                    case .waiting(let others):
                        state = .waiting(others + [continuation])
                        return nil
                    }
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        }

        fileprivate func finish(isWritten: Bool) {
            let waiting = state.withLock { state -> [CheckedContinuation<Bool, Never>] in
                defer { state = .done(isWritten: isWritten) }
                guard case .waiting(let waiting) = state else { return [] }
                return waiting
            }
            for continuation in waiting { continuation.resume(returning: isWritten) }
        }
    }

    private struct Item {
        let change: IndexChange
        let ticket: Ticket
        var room: Room?
    }

    private struct State {
        var queue: [Item] = []
        var isWriting = false
        /// Whether dropped buckets have rows left.
        var needsSweep: Bool
        var isClosing = false
        /// Keys whose rows could not be written.
        var failed: Set<IntentLine> = []
        /// Keys whose files could not be brought to an end.
        var unsettled: Set<IntentLine> = []
        /// Keys whose rows failed and were not written since: no listing is whole without them.
        var unlisted: Set<IntentLine> = []
        /// Those of them that lack rows of versions, so that only all of the key's rows make up for it.
        var lackingVersions: Set<IntentLine> = []
    }

    private let index: IndexDatabase
    private let root: StorageRoot
    private let log: Logger
    /// Who is told which keys were changed.
    private let feed: (any ChangeFeed)?
    private let registry: BucketRegistry
    private let thread = BlockingPool(threadCount: 1)
    private let state: Mutex<State>
    /// Whether somebody waits for a change in the queue.
    private let hurry = Monitor(false)
    /// What each bucket holds.
    let usage: BucketUsageTable

    init(
        index: IndexDatabase,
        root: StorageRoot,
        registry: BucketRegistry,
        feed: (any ChangeFeed)?,
        log: Logger
    ) throws {
        self.index = index
        self.root = root
        self.registry = registry
        self.feed = feed
        self.log = log
        usage = BucketUsageTable(try index.usage())
        state = Mutex(State(needsSweep: try index.hasLeftRows()))
    }

    /// Returns when everything that was queued before is visible; at once when nothing is under way.
    func flush() async {
        guard state.withLock({ $0.isWriting }) else { return }
        await enqueue(.barrier).wait()
    }

    /// How many changes wait.
    var queueLength: Int { state.withLock { $0.queue.count } }

    /// Queues a change behind all that were queued before; never blocks.
    ///
    /// What `room` holds is counted from then on. One that is not urgent may wait some milliseconds for company.
    @discardableResult
    func enqueue(_ change: IndexChange, room: Room? = nil, isUrgent: Bool = true) -> Ticket {
        let ticket = Ticket()
        let (isFirst, isFull) = state.withLock { state in
            state.queue.append(Item(change: change, ticket: ticket, room: room))
            let isFull = state.queue.count == Self.gatheredAtMost
            guard !state.isWriting else { return (false, isFull) }
            state.isWriting = true
            return (true, isFull)
        }
        let isUrgent = isUrgent || isFull
        if isUrgent { hurry.withLock { $0 = true } }
        if isFirst { startWriting() } else if isUrgent { hurry.signal() }
        return ticket
    }

    /// Queues changes together; returns a ticket for the last of them, nil when there are none.
    func enqueue(_ changes: [IndexChange]) -> Ticket? {
        var last: Ticket?
        for change in changes { last = enqueue(change) }
        return last
    }

    /// The keys whose rows could not be written, and those that were kept, since the last call: to be reconciled.
    func takeFailures() -> Set<IntentLine> {
        state.withLock { state in
            let keys = state.failed.union(state.unsettled)
            state.failed = []
            state.unsettled = []
            return keys
        }
    }

    /// A key is left out of the index for good: its file cannot be read, and the log says so.
    func giveUp(_ key: IntentLine) {
        settle(key)
    }

    /// All rows of a key are as its files are.
    func settle(_ key: IntentLine) {
        state.withLock { state in
            state.unlisted.remove(key)
            state.lackingVersions.remove(key)
        }
    }

    /// Has these keys looked at again by the next checkpoint; their intents must be on disk until then.
    func keepFailures(_ keys: Set<IntentLine>) {
        state.withLock { $0.unsettled.formUnion(keys) }
    }

    /// Whether every row was written, but those that `takeFailures` gave away.
    var isSound: Bool { state.withLock { $0.failed.isEmpty } }

    /// Whether every row of this bucket was written, in the end.
    func isSound(bucketID: String) -> Bool {
        state.withLock { $0.unlisted.allSatisfy { $0.bucketID != bucketID } }
    }

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
        state.withLock { $0.isClosing = true }
        // One batch is written each time.
        while queueLength > 0, (try? await thread.run {}) != nil {}
        await thread.shutdown()
    }
}

// The thread's side.
extension IndexWriter {
    private static let longestBatch = 4_096
    /// How long changes that nobody waits for gather, so that many share a transaction, in nanoseconds.
    ///
    /// Keys that come together lie in few pages of the database, and each page is written once a transaction.
    private static let gatheringTime = 50_000_000
    /// So many changes have gathered enough.
    private static let gatheredAtMost = 1_024

    private func startWriting() {
        thread.start { [self] isRunning in
            if isRunning { gather() }
            let batch = takeBatch()
            let isWritten = isRunning && write(batch)
            for item in batch { item.ticket.finish(isWritten: isWritten) }
            // Anew for each batch: a checkpoint gets its turn on the thread however many changes there are.
            if goesOn() { startWriting() }
        }
    }

    private func gather() {
        hurry.wait(atMost: Self.gatheringTime) { $0 }
        hurry.withLock { $0 = false }
    }

    private func takeBatch() -> [Item] {
        state.withLock { state in
            let batch = Array(state.queue.prefix(Self.longestBatch))
            state.queue.removeFirst(batch.count)
            return batch
        }
    }

    /// Whether more changes wait; when not, the next one starts the thread's work anew.
    private func goesOn() -> Bool {
        state.withLock { state in
            // What buckets have left goes when nothing else is to be done.
            if state.queue.isEmpty, state.needsSweep, !state.isClosing {
                state.queue.append(Item(change: .sweep, ticket: Ticket()))
            }
            state.isWriting = !state.queue.isEmpty
            return state.isWriting
        }
    }

    private func write(_ batch: [Item]) -> Bool {
        do {
            let (counts, needsSweep) = try index.pool.write { database in
                var changes = IndexBatch(database)
                for item in batch { try changes.apply(item.change) }
                return (try changes.finish(), changes.hasLeftRows)
            }
            usage.set(counts, ending: batch.compactMap(\.room))
            // Before anybody hears that a row is written: a checkpoint that waited for it flushes the feed.
            feed?.changed(batch.compactMap { KeyChange($0.change, registry) })
            noteSweep(batch, needsSweep: needsSweep)
            state.withLock { if !$0.unlisted.isEmpty { Self.list(batch, &$0) } }
            return true
        } catch {
            note(error)
            log.error(
                "the index cannot be written; its keys are looked at again",
                metadata: ["error": "\(error)", "changes": "\(batch.count)"]
            )
            // Other changes are known to have failed by whoever made them, or made again at the next start.
            let lines = batch.compactMap(\.change.line)
            for item in batch { item.room?.release() }
            state.withLock { state in
                state.failed.formUnion(lines)
                state.unlisted.formUnion(lines)
                state.lackingVersions.formUnion(
                    batch.compactMap { $0.change.concernsVersions ? $0.change.line : nil }
                )
            }
            return false
        }
    }

    /// What a batch has written is listed again; a bucket that was emptied lacks nothing.
    private static func list(_ batch: [Item], _ state: inout State) {
        for item in batch {
            guard case .reset(let id, _) = item.change else { continue }
            state.unlisted = state.unlisted.filter { $0.bucketID != id }
            state.lackingVersions = state.lackingVersions.filter { $0.bucketID != id }
        }
        state.lackingVersions.subtract(batch.compactMap { $0.change.isWhole ? $0.change.line : nil })
        state.unlisted.subtract(Set(batch.compactMap(\.change.line)).subtracting(state.lackingVersions))
    }

    private func noteSweep(_ batch: [Item], needsSweep: Bool) {
        guard needsSweep || batch.contains(where: { if case .sweep = $0.change { true } else { false } }) else {
            return
        }
        state.withLock { $0.needsSweep = needsSweep }
    }

    private func note(_ error: any Error) {
        guard let error = error as? DatabaseError, error.extendedResultCode == .SQLITE_IOERR_FSYNC else { return }
        root.makeReadOnly(because: "cannot sync the index: \(error)")
    }
}
