package import Logging
package import ObjectStorage
package import RemoteS3
package import S3Protocol
import Synchronization

/// Makes remote buckets equal to those here that are mirrored, by the state of their keys: however often a key changed,
/// what counts is how it is when its turn comes.
///
/// At least once, one transfer of a key at a time; what a stop breaks off is done again by the next run.
package final class Mirror: Sendable {
    let store: FileStore
    let ledger: ChangeLedger
    let routes: RemoteRoutes
    let policy: MirrorPolicy
    let log: Logger
    let clock: @Sendable () -> Timestamp
    let throttle: Throttle
    let traits = RemoteTraits()
    let table: MirrorTable
    let lanes: Mutex<LaneState>

    /// What the lanes share.
    struct LaneState {
        /// The buckets that are mirrored, by their numbers in the table.
        var buckets: [Int64: MirrorBucket] = [:]
        /// Keys that are being made equal.
        var underWay: Set<KeyName> = []
        /// How their remotes are.
        var rests: [Int64: RemoteRest] = [:]
        /// How many keys the comparisons under way have come to, by the buckets' ids.
        var compared: [String: Int] = [:]
    }

    /// A key of a bucket of the table.
    struct KeyName: Hashable, Sendable {
        let bucket: Int64
        let key: ObjectKey
    }

    /// A mirror of the buckets of `store` that have `routes`; `ledger` is the feed that the store was opened with.
    ///
    /// - Throws: `StorageError` when the table cannot be opened.
    package init(
        store: FileStore,
        ledger: ChangeLedger,
        routes: RemoteRoutes,
        policy: MirrorPolicy,
        log: Logger,
        clock: @escaping @Sendable () -> Timestamp
    ) async throws {
        precondition(policy.transfers > 0, "A key at a time is made equal at least.")
        self.store = store
        self.ledger = ledger
        self.routes = routes
        self.policy = policy
        self.log = log
        self.clock = clock
        throttle = Throttle(bytesPerSecond: policy.bytesPerSecond, transfers: policy.transfers)
        table = try await ledger.table()
        lanes = Mutex(LaneState())
    }

    /// Mirrors until cancelled; requests under way are broken off then.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.ledger.run() }
            group.addTask { await self.compareAtStart() }
            for _ in 0..<policy.transfers { group.addTask { await self.work() } }
        }
    }

    /// How many bytes of content were sent since the start.
    package var sentBytes: Int64 { throttle.sentBytes }

    /// Wakes the lanes: there may be something to do.
    func wake() {
        ledger.bell.ring(.queue)
    }
}
