package import Logging
package import ObjectStorage
package import S3Protocol
import Synchronization

/// Takes note of what the store says was changed in mirrored buckets, and keeps it in the table.
///
/// Bounded: a key is noted once however often it changes, and beyond a limit only that everything has to be looked at.
package final class ChangeLedger: ChangeFeed {
    /// The most keys that are noted before they are kept.
    private static let limit = 100_000

    private struct Name: Hashable {
        let bucketID: String
        let key: ObjectKey
    }

    private struct State {
        var table: MirrorTable?
        var noted: [Name: KeyChange] = [:]
        /// How often it was found that keys were changed which are neither noted nor kept, and up to which time
        /// everything was looked at since.
        var gaps = 0
        var closedGaps = 0
        var oldestSegment: Int64 = 0
    }

    private let path: String
    private let mirrors: @Sendable (BucketName) -> Bool
    private let log: Logger
    private let clock: @Sendable () -> Timestamp
    /// One at a time: what is taken out is kept before the next one says that nothing is left.
    private let thread = BlockingPool(threadCount: 1)
    private let state = Mutex(State())
    private let arrivals = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    /// Rung when keys were queued.
    let bell = Bell<Subject>()

    /// The one subject of the bell.
    enum Subject: Hashable, Sendable {
        case queue
    }

    /// A ledger whose table is at `path`; `mirrors` says which buckets are mirrored.
    package init(
        path: String,
        mirrors: @escaping @Sendable (BucketName) -> Bool,
        log: Logger,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.path = path
        self.mirrors = mirrors
        self.log = log
        self.clock = clock
    }

    /// Takes note of the keys that are in mirrored buckets.
    package func changed(_ changes: [KeyChange]) {
        let ours = changes.filter { mirrors($0.bucket) }
        guard !ours.isEmpty else { return }
        state.withLock { state in
            for change in ours { state.noted[Name(bucketID: change.bucketID, key: change.key)] = change }
            guard state.noted.count > Self.limit else { return }
            state.noted = [:]
            state.gaps += 1
        }
        arrivals.continuation.yield()
    }

    package func resume(from segment: Int64) {
        state.withLock { $0.oldestSegment = segment }
    }

    package func flush(upTo segment: Int64) async throws {
        try await keep(upTo: segment)
    }

    /// Keeps all that was told before.
    func keep() async throws {
        try await keep(upTo: nil)
    }

    /// The table, opened at the first use.
    func table() async throws -> MirrorTable {
        try await thread.run { [self] in try openTable() }
    }

    /// Which gap has to be closed by a look at everything, since keys were changed that nobody took note of; nil for none.
    var openGap: Int? {
        state.withLock { $0.gaps > $0.closedGaps ? $0.gaps : nil }
    }

    /// Everything was looked at that was there when this gap was found.
    func closeGap(_ gap: Int) {
        state.withLock { $0.closedGaps = max($0.closedGaps, gap) }
    }

    /// Keeps what is noted soon after it was, until cancelled.
    func run() async {
        for await _ in arrivals.stream {
            // Keys that come together share a commit.
            guard (try? await Task.sleep(for: .milliseconds(10))) != nil else { return }
            do {
                try await keep(upTo: nil)
            } catch {
                log.error("the mirror cannot keep what was changed; it tries again", metadata: ["error": "\(error)"])
                guard (try? await Task.sleep(for: .seconds(5))) != nil else { return }
                arrivals.continuation.yield()
            }
        }
    }

    /// Keeps what is noted and ends the use of the table.
    package func close() async {
        do {
            try await keep(upTo: nil)
        } catch {
            log.error(
                "the mirror could not keep what was changed last; intents tell it again",
                metadata: ["error": "\(error)"]
            )
        }
        _ = try? await thread.run { [self] in state.withLock { $0.table }?.close() }
        await thread.shutdown()
    }

    // MARK: On the thread

    private func keep(upTo segment: Int64?) async throws {
        let count = try await thread.run { [self] in
            let table = try openTable()
            let (noted, isWhole) = state.withLock { state in
                defer { state.noted = [:] }
                return (state.noted, state.gaps == state.closedGaps)
            }
            // With a gap the file is one that lacks something, until that is closed.
            let segment = isWhole ? segment : nil
            guard !noted.isEmpty || segment != nil else { return 0 }
            do {
                try table.keep(Array(noted.values), upTo: segment, at: clock())
            } catch {
                // What came meanwhile is newer.
                state.withLock { $0.noted.merge(noted) { newer, _ in newer } }
                throw error
            }
            return noted.count
        }
        if count > 0 || openGap != nil { bell.ring(.queue) }
    }

    private func openTable() throws -> MirrorTable {
        if let table = state.withLock({ $0.table }) { return table }
        let table = try MirrorTable.open(at: path, log: log)
        let kept = try table.keptSegment()
        state.withLock { state in
            state.table = table
            if kept.map({ $0 < state.oldestSegment }) ?? true { state.gaps += 1 }
        }
        return table
    }
}
