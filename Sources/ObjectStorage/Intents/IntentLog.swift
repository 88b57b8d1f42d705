import Glibc
import Synchronization

/// Says on disk which keys are about to be changed, so that only those are looked at after a crash.
///
/// Requests that come together share one write and one sync; a lone one does not wait for company. All writing is done
/// on one thread of its own.
final class IntentLog: Sendable {
    /// Proof that a key's intent is on disk; to be given back by `end` when the request is over.
    struct Token: Sendable {
        /// Where its line is.
        let segment: Int64
    }

    /// Told on the log's thread whether a line is on disk; may block for a moment, but never on the log.
    typealias Completion = @Sendable (Result<Token, any Error>) -> Void

    /// How what a line is about gets to the disk.
    private enum Syncing {
        /// By its request, and the line before it.
        case strict
        /// By the checkpoint; nobody waits for the line's sync.
        case relaxed
        /// By the checkpoint; until then the line stands for it.
        case logged

        init(_ durability: Durability) {
            self = durability == .strict ? .strict : .relaxed
        }
    }

    /// Requests that came together: their lines are written and synced at once.
    private struct Batch {
        // Begins with a line end: what a torn write left before it is a line of its own.
        private(set) var text = [UInt8(ascii: "\n")]
        var count = 0
        /// Whether somebody waits for the sync of these lines.
        var needsSync = false
        /// Whether a checkpoint has to sync what they are about.
        var leavesUnsynced = false
        /// What threads of the pool wait for.
        let outcome = PendingIntent()
        /// Tasks that wait.
        var tasks: [CheckedContinuation<Token, any Error>] = []
        /// What is to be done on the log's thread.
        var completions: [Completion] = []

        mutating func add(_ line: [UInt8], _ syncing: Syncing) {
            text.append(contentsOf: line)
            text.append(UInt8(ascii: "\n"))
            count += 1
            if syncing != .relaxed { needsSync = true }
            if syncing != .strict { leavesUnsynced = true }
        }

        /// Gives its space to the next one; a new one would be tens of kilobytes for each sync.
        mutating func takeSpace(of text: inout [UInt8]) {
            text.removeAll(keepingCapacity: true)
            text.append(UInt8(ascii: "\n"))
            swap(&self.text, &text)
        }

        mutating func giveSpace() -> [UInt8] {
            var space: [UInt8] = []
            swap(&space, &text)
            return space
        }

        func finish(_ result: Result<Token, any Error>) {
            outcome.finish(result)
            for task in tasks { task.resume(with: result) }
            for completion in completions { completion(result) }
        }
    }

    private struct Waiter {
        let segment: Int64
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var pending = Batch()
        /// The space of the last batch.
        var spare: [UInt8] = []
        var isWriting = false
        var open: [Int64: Int] = [:]
        var waiters: [Waiter] = []
        var segment: IntentSegment
        var lineCount = 0
        var byteCount = 0
        /// How many bytes are in segments that were not removed, and in which.
        var heldBytes = 0
        var held: [Int64: Int] = [:]
        /// The latest segment whose requests changed files without syncing them, nil when all of that is synced.
        var lastUnsynced: Int64?
    }

    /// How much space is kept between batches.
    private static let longestSpare = 1 << 20

    private let segments: IntentSegments
    private let root: StorageRoot
    private let thread = BlockingPool(threadCount: 1)
    private let state: Mutex<State>
    private let lineLimit: Int
    private let byteLimit: Int
    private let onFull: @Sendable () -> Void

    /// A log that goes on in a new segment of this number, with `held` bytes in those before it.
    ///
    /// Calls `onFull` whenever `lineLimit` lines or `byteLimit` bytes were written.
    init(
        root: StorageRoot,
        segments: IntentSegments,
        startingAt number: Int64,
        holding held: Int,
        lineLimit: Int,
        byteLimit: Int,
        onFull: @escaping @Sendable () -> Void
    ) throws {
        self.root = root
        self.segments = segments
        self.lineLimit = lineLimit
        self.byteLimit = byteLimit
        self.onFull = onFull
        // What the process before this one left in the kernel is not known to be on disk either.
        var first = State(segment: try segments.make(number), lastUnsynced: number - 1)
        (first.held, first.heldBytes) = ([number - 1: held], held)
        state = Mutex(first)
    }

    /// How many lines were written since the last segment was begun.
    var lineCount: Int { state.withLock { $0.lineCount } }

    /// Puts an intent on disk.
    ///
    /// - Throws: `StorageError`; a failed sync makes the root read-only.
    func record(_ line: IntentLine, _ durability: Durability) async throws -> Token {
        try await withCheckedThrowingContinuation { continuation in
            begin(line.text, Syncing(durability)) { $0.tasks.append(continuation) }
        }
    }

    /// Begins to put an intent on disk, for a thread of the pool that has other work meanwhile.
    func begin(_ line: IntentLine, _ durability: Durability) -> PendingIntent {
        begin(line.text, Syncing(durability)) { $0.outcome }
    }

    /// Begins to put an object on disk as a line, `LoggedObject.text`; its file is left to the next checkpoint.
    ///
    /// No thread waits: what comes then is done for all who came together, by one.
    func begin(logging object: [UInt8], then completion: @escaping Completion) {
        begin(object, .logged) { $0.completions.append(completion) }
    }

    /// Whether more objects should be held here: not when checkpoints are far behind.
    var canHoldMore: Bool { state.withLock { $0.heldBytes } < 2 * byteLimit }

    /// Begins to write down that a key's object is on disk by itself.
    func begin(settling line: IntentLine) -> PendingIntent {
        begin(line.settledText, .strict) { $0.outcome }
    }

    private func begin<Waiting: Sendable>(
        _ line: [UInt8],
        _ syncing: Syncing,
        _ join: (inout Batch) -> Waiting
    ) -> Waiting {
        let (waiting, isFirst) = state.withLock { state in
            state.pending.add(line, syncing)
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

    /// Says that what `takeUnsynced` took could not be synced.
    func putUnsyncedBack(below number: Int64) {
        state.withLock { $0.lastUnsynced = max($0.lastUnsynced ?? 0, number - 1) }
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
        try await thread.run { [self] in try beginSegment().number }
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
        state.withLock { state in
            state.held = state.held.filter { $0.key >= number }
            state.heldBytes = state.held.values.reduce(0, +)
        }
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
        var batch = takeBatch()
        do {
            guard isRunning else { throw StorageError(.closed, "the store is closed") }
            let segment = try write(batch)
            succeed(batch, in: segment)
        } catch {
            batch.finish(.failure(error))
        }
        let space = batch.giveSpace()
        guard space.capacity <= Self.longestSpare else { return }
        state.withLock { $0.spare = space }
    }

    private func takeBatch() -> Batch {
        state.withLock { state in
            defer {
                state.pending = Batch()
                state.pending.takeSpace(of: &state.spare)
            }
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
        var segment = state.withLock { $0.segment }
        if try append(batch.text, to: segment) == false {
            segment = try beginSegment()
            guard try append(batch.text, to: segment) else { throw StorageError.system("write an intent", ENOSPC) }
        }
        guard batch.needsSync else { return segment.number }
        do {
            try endangering { try segment.sync() }
        } catch {
            // Nobody was told of these lines. Whether they are gone from the disk is as unknown as whether they are there.
            try? segment.takeBack(batch.text.count)
            throw error
        }
        return segment.number
    }

    /// False after a short append, which is taken back: the segment is not used any more.
    private func append(_ text: [UInt8], to segment: IntentSegment) throws -> Bool {
        let count = try segment.append(text)
        guard count < text.count else { return true }
        // There may be whole lines among the bytes, and what is refused must not be redone from one.
        try endangering {
            try segment.takeBack(count)
            try segment.sync()
        }
        return false
    }

    /// Does what makes the root read-only when it fails.
    private func endangering(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as StorageError {
            root.makeReadOnly(because: error.message)
            throw StorageError(.readOnly, error.message, cause: error.cause)
        }
    }

    private func beginSegment() throws -> IntentSegment {
        let segment = try segments.make(state.withLock { $0.segment.number } + 1)
        state.withLock { state in
            state.segment = segment
            state.lineCount = 0
            state.byteCount = 0
        }
        return segment
    }

    private func isOverLimit(_ state: State) -> Bool {
        state.lineCount >= lineLimit || state.byteCount >= byteLimit
    }

    private func succeed(_ batch: Batch, in segment: Int64) {
        let isFull = state.withLock { state in
            if batch.leavesUnsynced { state.lastUnsynced = segment }
            state.open[segment, default: 0] += batch.count
            let wasFull = isOverLimit(state)
            state.lineCount += batch.count
            state.byteCount += batch.text.count
            state.held[segment, default: 0] += batch.text.count
            state.heldBytes += batch.text.count
            return !wasFull && isOverLimit(state)
        }
        batch.finish(.success(Token(segment: segment)))
        if isFull { onFull() }
    }
}
