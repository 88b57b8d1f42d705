import Glibc
import Synchronization

/// Says on disk which keys are about to be changed, so that only those are looked at after a crash.
///
/// Requests that come together share one write and one sync; a lone one does not wait for company. All writing is done
/// on one thread of its own.
final class IntentLog: Sendable {
    /// Proof that a key's intent is on disk; to be given back by `end` when the request is over.
    struct Token: Sendable {
        fileprivate let segment: Int64
    }

    /// Requests that came together: their lines are written and synced at once.
    private struct Batch {
        // Begins with a line end: what a torn write left before it is a line of its own.
        var text = [UInt8(ascii: "\n")]
        var count = 0
        var isAnyStrict = false
        var isAnyRelaxed = false
        /// What threads of the pool wait for.
        let outcome = PendingIntent()
        /// Tasks that wait.
        var tasks: [CheckedContinuation<Token, any Error>] = []

        mutating func add(_ line: String, _ durability: Durability) {
            text.append(contentsOf: line.utf8)
            text.append(UInt8(ascii: "\n"))
            count += 1
            if durability == .strict { isAnyStrict = true } else { isAnyRelaxed = true }
        }

        func finish(_ result: Result<Token, any Error>) {
            outcome.finish(result)
            for task in tasks { task.resume(with: result) }
        }
    }

    private struct Waiter {
        let segment: Int64
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var pending = Batch()
        var isWriting = false
        var open: [Int64: Int] = [:]
        var waiters: [Waiter] = []
        var segment: Int64
        var file: FileDescriptor
        var lineCount = 0
        /// The latest segment whose requests changed files without syncing them, nil when all of that is synced.
        var lastUnsynced: Int64?
    }

    private let segments: IntentSegments
    private let root: StorageRoot
    private let thread = BlockingPool(threadCount: 1)
    private let state: Mutex<State>
    private let lineLimit: Int
    private let onFull: @Sendable () -> Void

    /// A log that goes on in a new segment of this number; calls `onFull` whenever `lineLimit` lines were written.
    init(
        root: StorageRoot,
        segments: IntentSegments,
        startingAt number: Int64,
        lineLimit: Int,
        onFull: @escaping @Sendable () -> Void
    ) throws {
        self.root = root
        self.segments = segments
        self.lineLimit = lineLimit
        self.onFull = onFull
        // What the process before this one left in the kernel is not known to be on disk either.
        state = Mutex(State(segment: number, file: try segments.make(number), lastUnsynced: number - 1))
    }

    /// How many lines were written since the last segment was begun.
    var lineCount: Int { state.withLock { $0.lineCount } }

    /// Puts an intent on disk.
    ///
    /// - Throws: `StorageError`; a failed sync makes the root read-only.
    func record(_ line: IntentLine, _ durability: Durability) async throws -> Token {
        try await withCheckedThrowingContinuation { continuation in
            begin(line.text, durability) { $0.tasks.append(continuation) }
        }
    }

    /// Begins to put an intent on disk, for a thread of the pool that has other work meanwhile.
    func begin(_ line: IntentLine, _ durability: Durability) -> PendingIntent {
        begin(line.text, durability) { $0.outcome }
    }

    private func begin<Waiting: Sendable>(
        _ line: String,
        _ durability: Durability,
        _ join: (inout Batch) -> Waiting
    ) -> Waiting {
        let (waiting, isFirst) = state.withLock { state in
            state.pending.add(line, durability)
            let waiting = join(&state.pending)
            guard !state.isWriting else { return (waiting, false) }
            state.isWriting = true
            return (waiting, true)
        }
        if isFirst { startWriting() }
        return waiting
    }

    /// Whether files were changed without a sync by requests of any segment; those of `number` and later go on.
    func takeUnsynced(below number: Int64) -> Bool {
        state.withLock { state in
            guard let last = state.lastUnsynced else { return false }
            if last < number { state.lastUnsynced = nil }
            return true
        }
    }

    /// Gives a token back.
    func end(_ token: Token) {
        let released = state.withLock { state -> [Waiter] in
            let count = (state.open[token.segment] ?? 1) - 1
            state.open[token.segment] = count > 0 ? count : nil
            return Self.takeReleased(&state)
        }
        for waiter in released { waiter.continuation.resume() }
    }

    /// Begins a new segment; returns its number.
    func rotate() async throws -> Int64 {
        try await thread.run { [self] in try beginSegment() }
    }

    /// Returns when every request with a line in a segment below `number` has ended.
    func waitForRequests(below number: Int64) async {
        await withCheckedContinuation { continuation in
            let released = state.withLock { state -> [Waiter] in
                state.waiters.append(Waiter(segment: number, continuation: continuation))
                return Self.takeReleased(&state)
            }
            for waiter in released { waiter.continuation.resume() }
        }
    }

    /// Removes the segments below `number`: all that they name is in the index, durably.
    func remove(below number: Int64) async throws {
        try await thread.run { [segments] in try segments.remove(below: number) }
    }

    /// Ends the thread.
    func close() async {
        await thread.shutdown()
    }

    private static func takeReleased(_ state: inout State) -> [Waiter] {
        let oldest = state.open.keys.min() ?? .max
        let released = state.waiters.filter { $0.segment <= oldest }
        state.waiters.removeAll { $0.segment <= oldest }
        return released
    }
}

// The thread's side.
extension IntentLog {
    private func startWriting() {
        thread.start { [self] isRunning in
            writeBatch(isRunning: isRunning)
            // Anew for each batch: a checkpoint gets its turn on the thread however many requests there are.
            if goesOn() { startWriting() }
        }
    }

    private func writeBatch(isRunning: Bool) {
        let batch = takeBatch()
        do {
            guard isRunning else { throw StorageError(.closed, "the store is closed") }
            let segment = try write(batch)
            succeed(batch, in: segment)
        } catch {
            batch.finish(.failure(error))
        }
    }

    private func takeBatch() -> Batch {
        state.withLock { state in
            defer { state.pending = Batch() }
            return state.pending
        }
    }

    /// Whether more requests wait; when not, the next one starts the thread's work anew.
    private func goesOn() -> Bool {
        state.withLock { state in
            state.isWriting = state.pending.count > 0
            return state.isWriting
        }
    }

    private func write(_ batch: Batch) throws -> Int64 {
        try root.checkWritable()
        if try append(batch.text) == false {
            _ = try beginSegment()
            guard try append(batch.text) else { throw StorageError.system("write an intent", ENOSPC) }
        }
        let (segment, file) = state.withLock { ($0.segment, $0.file) }
        if batch.isAnyStrict { try sync(file) }
        return segment
    }

    /// False after a short append: the segment is not used any more.
    private func append(_ text: [UInt8]) throws -> Bool {
        let file = state.withLock { $0.file }
        return try text.withUnsafeBytes { bytes in
            let count = Glibc.write(file.number, bytes.baseAddress, bytes.count)
            guard count >= 0 else { throw StorageError.lastSystemError("write an intent") }
            return count == bytes.count
        }
    }

    private func sync(_ file: FileDescriptor) throws {
        do {
            try file.syncData("the intents")
        } catch let error as StorageError {
            root.makeReadOnly(because: error.message)
            throw StorageError(.readOnly, error.message, cause: error.cause)
        }
    }

    private func beginSegment() throws -> Int64 {
        let number = state.withLock { $0.segment } + 1
        let file = try segments.make(number)
        state.withLock { state in
            state.segment = number
            state.file = file
            state.lineCount = 0
        }
        return number
    }

    private func succeed(_ batch: Batch, in segment: Int64) {
        let isFull = state.withLock { state in
            if batch.isAnyRelaxed { state.lastUnsynced = segment }
            state.open[segment, default: 0] += batch.count
            let before = state.lineCount
            state.lineCount += batch.count
            return before < lineLimit && state.lineCount >= lineLimit
        }
        batch.finish(.success(Token(segment: segment)))
        if isFull { onFull() }
    }
}
