import Logging

/// What is known of a root after it was opened and before it serves: all that blocks at start.
struct RecoveredRoot: Sendable {
    let root: StorageRoot
    let buckets: [Bucket]
    let segments: IntentSegments
    /// What was being changed when the root was last in use.
    let intents: RecoveredIntents
    let nextSegment: Int64
    /// The oldest segment of intents that is there, `nextSegment` when there is none.
    let oldestSegment: Int64
    let index: IndexDatabase
    let incompleteBuckets: Set<String>
    /// Buckets that the index knows and that are gone.
    let forgottenBuckets: Set<String>

    init(_ configuration: FileStoreConfiguration, log: Logger) throws {
        root = try StorageRoot.open(configuration.root)
        do {
            try root.keepFree(configuration.reservedBytes)
            Self.startWatching(root, configuration, log)
            let bucketFiles = BucketFiles(root: root)
            buckets = try bucketFiles.load()
            try bucketFiles.removeLeftovers(of: buckets)
            segments = try IntentSegments(root: root)
            let numbers = try segments.numbers()
            intents = try RecoveredIntents(segments, numbers)
            nextSegment = (numbers.last ?? 0) + 1
            oldestSegment = numbers.first ?? nextSegment
            index = try Self.openIndex(configuration.root + "/.larder/index.sqlite", root, numbers, log)
            let known = try index.buckets()
            incompleteBuckets = Set(buckets.map(\.id)).subtracting(known.filter(\.value).keys)
            forgottenBuckets = Set(known.keys).subtracting(buckets.map(\.id))
        } catch {
            root.releaseLock()
            throw error
        }
    }

    private static func startWatching(_ root: StorageRoot, _ configuration: FileStoreConfiguration, _ log: Logger) {
        guard configuration.watchedDirectories > 0 else { return }
        do {
            root.setWatcher(
                try DirectoryWatcher(root: root.directory, capacity: configuration.watchedDirectories)
            )
        } catch {
            log.warning("files put by hand are found by scans only", metadata: ["error": "\(error)"])
        }
    }

    /// The index, emptied when it is older than the files.
    private static func openIndex(
        _ path: String,
        _ root: StorageRoot,
        _ segments: [Int64],
        _ log: Logger
    ) throws -> IndexDatabase {
        let (index, isNew) = try IndexDatabase.open(at: path, rootID: root.id, log: log)
        guard !isNew else { return index }
        let checkpoint = try index.checkpointNumber()
        if segments.contains(checkpoint) { return index }
        log.warning("the index is not of the same time as the files and is rebuilt")
        return try IndexDatabase.replace(index, at: path, rootID: root.id)
    }
}
