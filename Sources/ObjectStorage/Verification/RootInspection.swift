package import Logging
import S3Protocol

/// A check of a storage root that no server holds: nothing is changed, made or swept.
package struct RootInspection: Sendable {
    private let root: StorageRoot
    private let path: String
    private let pool: BlockingPool
    private let log: Logger

    /// Takes the root's lock until the inspection goes.
    ///
    /// - Throws: `StorageError` when another process holds it, or when it is no root.
    package init(root path: String, log: Logger) throws {
        root = try StorageRoot.inspect(path)
        self.path = path
        self.log = log
        pool = BlockingPool()
    }

    /// Checks everything that the store keeps.
    package func check(_ report: CheckReport) async throws {
        let (buckets, findings) = try await pool.run { [root] in
            let check = RootCheck(root: root)
            let (buckets, findings) = try check.buckets()
            return (buckets, findings + (try check.leftovers(buckets: buckets)))
        }
        report.add(findings)
        let index = try await pool.run { try inspectIndex(buckets, report) }
        let check = StoreCheck(
            root: root,
            files: files,
            index: index,
            pool: pool,
            report: report,
            isLive: false,
            confirm: { _, body in try await body() }
        )
        try await check.checkBuckets(buckets)
    }

    /// What lies at keys of the buckets that are there now.
    package func storedFiles() async throws -> StoredFiles {
        let buckets = try await pool.run { [root] in try RootCheck(root: root).buckets().buckets }
        let named = Dictionary(buckets.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return StoredFiles(files: files, pool: pool) { named[$0] }
    }

    private var files: ObjectFiles {
        ObjectFiles(root: root, records: RecordFiles(root: root), log: log)
    }

    /// Ends the inspection.
    package func close() async {
        await pool.shutdown()
        root.releaseLock()
    }

    /// The index if it can be compared with the files.
    private func inspectIndex(_ buckets: [Bucket], _ report: CheckReport) throws -> IndexDatabase? {
        let segments = try IntentSegments(root: root)
        let numbers = try segments.numbers()
        let unfinished = try RecoveredIntents(segments, numbers)
        if !unfinished.keys.isEmpty {
            var text = "\(unfinished.keys.count) keys were being changed at the last stop"
            if !unfinished.objects.isEmpty {
                text += "; \(unfinished.objects.count) objects are whole there and perhaps not in their files, which"
                text += " the next start, or --repair, writes again: what is found of them here may be gone then"
            }
            report.add([Finding(.unfinished, ".larder/intents", text)])
        }
        let subject = ".larder/index.sqlite"
        switch IndexDatabase.inspect(at: "\(path)/\(subject)", rootID: root.id, segments: numbers) {
        case .missing: report.add([Finding(.indexMissing, subject, "not there")])
        case .damaged(let reason): report.add([Finding(.indexDamaged, subject, reason)])
        case .stale(let reason): report.add([Finding(.indexOfAnotherTime, subject, reason)])
        case .sound(let index):
            let complete = try index.buckets()
            report.add(
                buckets.filter { complete[$0.id] != true }.map {
                    Finding(.indexIncomplete, "\($0.name)", "the index does not hold all of its keys")
                }
            )
            return index
        }
        return nil
    }
}
