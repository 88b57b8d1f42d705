import Glibc
import Logging
import NIOCore
import S3Protocol
import Synchronization

/// Objects as plain files below one root, durable when a call returns (`storage/README.md` is the format).
///
/// In use until `close`: its background work keeps it alive.
package final class FileStore: Sendable {
    let configuration: FileStoreConfiguration
    let clock: @Sendable () -> Timestamp
    let log: Logger
    let pool: BlockingPool
    /// For what touches files and waits for no sync: as few threads as can be busy, which a burst finds awake.
    let shortWork = BlockingPool(threadCount: max(2, sysconf(CInt(_SC_NPROCESSORS_ONLN))))
    let root: StorageRoot
    let files: ObjectFiles
    let bucketFiles: BucketFiles
    let registry: BucketRegistry
    let uploadFiles: UploadFiles
    /// Uploads in parts that are under way.
    let uploads: UploadRegistry
    /// For copies within the file system, which may take minutes: other requests find threads meanwhile.
    let copying: ConcurrencyGate
    /// By upload id: parts share it, an end has it alone.
    let uploadLocks = LockTable<String>()
    let intents: IntentLog
    /// Keys whose objects are on disk in the intents, their files perhaps not.
    let logged = LoggedKeys()
    let index: IndexDatabase
    let writer: IndexWriter
    let keyLocks = LockTable<ObjectFiles.Target>()
    let bucketLocks = LockTable<BucketName>()
    let sequences: SequenceClock
    let checkpointLock = LockTable<Int>()
    /// The ids of the buckets whose keys are not all in the index yet.
    let incomplete: Mutex<Set<String>>
    /// Whether the last checkpoint did not come to its end, so that one is needed even when nothing is written.
    let isCheckpointDue = Mutex(false)
    let rebuilds = Rebuilds()
    /// How many objects a scrub has found rotten since the start.
    let rot = Mutex(0)
    let background = Mutex<[Task<Void, Never>]>([])
    let checkpointRequests: AsyncStream<Void>
    let requestCheckpoint: AsyncStream<Void>.Continuation
    let scanRequests: AsyncStream<Void>
    let requestScan: AsyncStream<Void>.Continuation
    let settling: (files: AsyncStream<SettlingFile>, request: AsyncStream<SettlingFile>.Continuation)
    let watchThread = BlockingPool(threadCount: 1)
    let rowCheckRequests: AsyncStream<ObjectFiles.Target>
    let requestRowCheck: AsyncStream<ObjectFiles.Target>.Continuation

    init(
        _ parts: RecoveredRoot,
        configuration: FileStoreConfiguration,
        pool: BlockingPool,
        clock: @escaping @Sendable () -> Timestamp,
        log: Logger
    ) throws {
        let (requests, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        (rowCheckRequests, requestRowCheck) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(256))
        (scanRequests, requestScan) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        let settlingFiles = AsyncStream<SettlingFile>.makeStream(bufferingPolicy: .bufferingOldest(4_096))
        settling = (settlingFiles.stream, settlingFiles.continuation)
        self.configuration = configuration
        self.clock = clock
        self.log = log
        self.pool = pool
        root = parts.root
        let records = RecordFiles(root: parts.root)
        files = ObjectFiles(root: parts.root, records: records, log: log)
        uploadFiles = UploadFiles(root: parts.root, records: records)
        copying = ConcurrencyGate(configuration.threadCount / 4)
        uploads = UploadRegistry(try uploadFiles.load(log))
        bucketFiles = BucketFiles(root: parts.root)
        registry = BucketRegistry(parts.buckets)
        index = parts.index
        writer = try IndexWriter(
            index: parts.index,
            root: parts.root,
            registry: registry,
            feed: configuration.feed,
            log: log
        )
        sequences = SequenceClock(after: try parts.index.highestSequence())
        incomplete = Mutex(parts.incompleteBuckets)
        checkpointRequests = requests
        requestCheckpoint = continuation
        intents = try IntentLog(
            root: parts.root,
            segments: parts.segments,
            startingAt: parts.nextSegment,
            holding: parts.intents.byteCount,
            lineLimit: configuration.checkpointLines,
            byteLimit: configuration.checkpointBytes,
            onFull: { continuation.yield() }
        )
    }

    /// A key of a bucket that is there.
    func target(_ key: ObjectKey, in bucket: BucketName) throws -> ObjectFiles.Target {
        target(key, of: try registry.bucket(bucket))
    }

    /// A key of this bucket, whose changes are made durable as the bucket's settings say unless `durability` does.
    func target(_ key: ObjectKey, of bucket: Bucket, _ durability: Durability? = nil) -> ObjectFiles.Target {
        ObjectFiles.Target(
            key: key,
            bucket: bucket.name,
            bucketID: bucket.id,
            durability: durability ?? bucket.settings.durability ?? configuration.durability
        )
    }

    /// Runs `body` with the bucket's lock shared and the key's lock; the bucket is still the one of the target then.
    func withKeyLocked<Value: Sendable>(
        _ target: ObjectFiles.Target,
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        try await bucketLocks.withLock(target.bucket, .shared) {
            try checkBucket(of: target)
            return try await keyLocks.withLock(target, .exclusive, body)
        }
    }

    /// Runs `body` with the key's intent on disk; it stays in force until `body` ends.
    func withIntent<Value: Sendable>(
        _ target: ObjectFiles.Target,
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        try root.checkWritable()
        return try await withToken(try await intents.record(target.line, target.durability), target, body)
    }

    /// Runs `body` with the key's intent on disk and ends the intent.
    func withToken<Value: Sendable>(
        _ token: IntentLog.Token,
        _ target: ObjectFiles.Target,
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        defer { intents.end(token) }
        do {
            return try await body()
        } catch {
            keepUnsettled(target, after: error)
            throw error
        }
    }

    /// Refuses all writes until a restart: what belongs to the root beside the objects could not be synced.
    package func makeReadOnly(because reason: String) {
        log.critical("the storage root is read-only from now on", metadata: ["reason": "\(reason)"])
        root.makeReadOnly(because: reason)
    }

    /// What the store tells of itself.
    ///
    /// - Throws: `StorageError` when the file system cannot be asked.
    package func statistics() async throws -> StorageStatistics {
        let space = try await pool.run { [root] in try root.space() }
        return StorageStatistics(
            freeBytes: space.free,
            totalBytes: space.total,
            queuedIndexChanges: writer.queueLength,
            intentsSinceCheckpoint: intents.lineCount,
            isReadOnly: root.isReadOnly || space.isReadOnly,
            rebuildingBuckets: incomplete.withLock { $0.count },
            rebuilds: rebuilds.running,
            rottenObjects: rot.withLock { $0 }
        )
    }

    /// Stops cleanly: ends the background work and makes a checkpoint, so that the next start has nothing to do.
    ///
    /// Requests that are still under way fail; end them first.
    package func close() async {
        requestCheckpoint.finish()
        requestRowCheck.finish()
        requestScan.finish()
        settling.request.finish()
        root.watcher?.end()
        let tasks = background.withLock { tasks in
            defer { tasks = [] }
            return tasks
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        do {
            if try await !checkpoint() { log.warning("the last checkpoint of the index is left to the next start") }
        } catch {
            log.warning("the last checkpoint of the index failed", metadata: ["error": "\(error)"])
        }
        // What comes from now on fails; it would have nobody to write it.
        root.makeReadOnly(because: "the store is closed")
        await shortWork.shutdown()
        await intents.close()
        await writer.close()
        await pool.shutdown()
        await watchThread.shutdown()
        index.close()
        root.releaseLock()
    }
}
