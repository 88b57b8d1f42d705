package import ObjectStorage
import S3Protocol
import Synchronization

/// One version of a remote object, of which some blocks are here.
///
/// Whoever reads it has the missing ones fetched; those that wait for the same bytes wait for the same fetch.
package final class CachedObject: Sendable {
    /// A fetch, and who waits for it.
    struct Fetch {
        var task: Task<Void, Never>?
        var readers = 0
        /// How many bytes the blocks have that it made whole.
        var bytes: Int64 = 0
        var isOver = false
        var failure: (any Error)?
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    struct State {
        var plan: BlockPlan
        var fetches: [Int: Fetch] = [:]
        var waiters: UInt64 = 0
        /// When the remote last said that this is the object.
        var validated: Timestamp?
        /// Until when the remote is not asked again, which it was in vain.
        var pause: ContinuousClock.Instant?
        var wasRead: Bool
    }

    /// What the remote said of it.
    package let head: CachedHead
    let place: CachePlace
    let file: BlockFile
    let cache: RemoteCache
    let state: Mutex<State>

    init(_ head: CachedHead, at place: CachePlace, in file: BlockFile, of cache: RemoteCache, validated: Timestamp?) {
        self.head = head
        self.place = place
        self.file = file
        self.cache = cache
        let plan = BlockPlan(size: head.size, blockLength: file.blockLength, present: file.present)
        // One that has something already was read by an earlier run.
        state = Mutex(State(plan: plan, validated: validated, wasRead: file.present.contains(true)))
    }

    /// The file whose first bytes are the content; those that are not here are zeros in it.
    package var content: OpenFile { file.content }

    /// Whether all of these bytes are here.
    package func isPresent(_ range: Range<Int64>) -> Bool { state.withLock { $0.plan.isPresent(range) } }

    /// The first of these bytes that is not here.
    func firstMissing(_ range: Range<Int64>) -> Int64? { state.withLock { $0.plan.firstMissing(range) } }

    /// The bytes of a range, here or not.
    package func read(_ range: Range<Int64>, holding lease: FetchLease? = nil) -> CachedContent {
        CachedContent(of: self, range, lease)
    }

    /// Whether nothing is on its way.
    var isIdle: Bool { state.withLock { $0.fetches.isEmpty } }

    /// When the remote last said that this is the object.
    var validated: Timestamp? { state.withLock { $0.validated } }

    /// Notes that the remote, asked at this time, said that this is the object.
    func validate(_ time: Timestamp) {
        state.withLock { state in
            state.validated = time
            state.pause = nil
        }
    }

    /// Whether the remote could not be asked about it a moment ago.
    func hasFailed(at now: ContinuousClock.Instant) -> Bool {
        state.withLock { $0.pause.map { now < $0 } ?? false }
    }

    /// Notes that the remote could not be asked.
    func noteFailure(at now: ContinuousClock.Instant) {
        state.withLock { $0.pause = now + CacheConfiguration.pauseAfterFailure }
    }

    /// Notes that its beginning is read; true when it had been read before.
    func noteRead() -> Bool {
        state.withLock { state in
            defer { state.wasRead = true }
            return state.wasRead
        }
    }
}
