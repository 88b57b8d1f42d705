package import Logging
import NIOCore
package import ObjectStorage
package import S3Protocol
import Synchronization

/// Copies of remote objects on local disk, within a budget.
///
/// A copy is used while it is fresh; then the remote is asked whether it is still the object, and when the remote cannot be
/// asked the copy is used as a stale one. What goes through here to the remote and may change an object makes its copy go, and
/// an answer that was asked for before that is not kept.
package final class RemoteCache: Sendable {
    /// How a read was answered.
    package enum Verdict: String, CaseIterable, Sendable {
        /// By the copy, which the remote may have been asked about.
        case hit
        /// By the remote, and kept.
        case miss
        /// By the copy, since the remote cannot be asked.
        case stale
        /// By the remote, past the cache.
        case bypass
    }

    /// What a read is after.
    package enum Question: Sendable {
        /// The headers.
        case head
        /// The headers and some bytes.
        case range
        /// The headers and all bytes.
        case whole
    }

    /// What there is for a read.
    package enum Found: Sendable {
        /// An object; new is one that the remote has just told of.
        case object(CachedObject, isNew: Bool, FetchLease? = nil)
        /// An object of earlier, since the remote cannot be asked, and why; nil when it was not asked since it could not be a
        /// moment ago.
        case stale(CachedObject, (any Error)?)
        /// The remote's refusal, of now or of a moment ago.
        case refused(RemoteResponse, isKept: Bool)
        /// Something that is not kept; the answer is there for the first who takes it.
        case unkept(UnkeptAnswer?)
    }

    struct State {
        var open: [String: (object: CachedObject, used: UInt64)] = [:]
        var uses: UInt64 = 0
        var absences: RecentAnswers<(answer: RemoteResponse, isOfHead: Bool)>
        var unkept: RecentAnswers<Bool>
        var listings = RecentAnswers<Listing>(capacity: RemoteCache.keptListings)
        var revisions: Revisions
        /// When buckets were changed as a whole; older copies are not used without asking.
        var buckets: [String: Timestamp] = [:]
        /// When one of those was that are not known any more.
        var anyBucket: Timestamp?
        var counts: [Verdict: Int] = [:]
        /// Whether the directory can be used.
        var isOpen = false
    }

    package let configuration: CacheConfiguration
    let files: BlockCache
    let logger: Logger
    let clock: @Sendable () -> Timestamp
    let state: Mutex<State>
    let flights: SingleFlight<String, Found>

    /// A cache in this directory, which is made when it is missing; `load` comes before its use, `close` ends it.
    package init(
        _ configuration: CacheConfiguration,
        directory: String,
        logger: Logger,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.configuration = configuration
        self.logger = logger
        self.clock = clock
        files = BlockCache(
            directory: directory,
            budget: configuration.budget,
            maximumFiles: configuration.maximumObjects,
            reservedBytes: configuration.reservedBytes
        )
        flights = SingleFlight(capacity: configuration.maximumRequests)
        state = Mutex(
            State(
                absences: RecentAnswers(capacity: CacheConfiguration.remembered),
                unkept: RecentAnswers(capacity: CacheConfiguration.remembered),
                revisions: Revisions(capacity: CacheConfiguration.remembered)
            )
        )
    }

    /// Gets to know the copies of an earlier run.
    ///
    /// Each is asked about before it is used. Until then, and when this fails, nothing is kept.
    ///
    /// - Throws: `StorageError` when the directory cannot be used.
    package func load() async throws {
        try await files.load()
        state.withLock { $0.isOpen = true }
    }

    /// Ends what is under way and puts all on disk; the transfers are to be ended before.
    package func close() async {
        await flights.close()
        let wasOpen = state.withLock { state in
            defer { (state.open, state.isOpen) = ([:], false) }
            return state.isOpen
        }
        guard wasOpen else { return await files.abandon() }
        do {
            try await files.close()
        } catch {
            logger.warning("cannot close the cache of remote objects", metadata: ["error": "\(error)"])
        }
    }

    /// What is kept.
    package var usage: FileCache.Usage { files.usage }

    /// How often reads were answered in each way.
    package var counts: [Verdict: Int] { state.withLock { $0.counts } }

    /// Counts an answer.
    package func count(_ verdict: Verdict) {
        state.withLock { $0.counts[verdict, default: 0] += 1 }
    }

    /// Notes that bytes of an object are read: what was read before stays longer.
    ///
    /// Only who reads the beginning counts: one that is read in many ranges is not read often.
    package func noteRead(_ object: CachedObject, from offset: Int64) {
        guard offset == 0, object.noteRead() else { return }
        files.use(object.place.name)
    }
}

/// An answer that is not kept, for one of those who wait for it.
package final class UnkeptAnswer: Sendable {
    private let isOfHead: Bool
    private let answer: Mutex<RemoteResponse?>

    init(_ answer: RemoteResponse, isOfHead: Bool) {
        self.isOfHead = isOfHead
        self.answer = Mutex(answer)
    }

    /// The answer; nil when somebody has it, or when it answers another question.
    package func take(for question: RemoteCache.Question) -> RemoteResponse? {
        guard question != .range, isOfHead == (question == .head) else { return nil }
        return answer.withLock { answer in
            defer { answer = nil }
            return answer
        }
    }
}
