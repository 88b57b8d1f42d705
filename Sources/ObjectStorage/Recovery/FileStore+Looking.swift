import Logging
import S3Protocol

// Many keys in one go, for rebuilds and scans: one hop to the blocking pool and one transaction of the index for a piece.
extension FileStore {
    /// What a look at a piece of keys came to.
    private struct Looks: Sendable {
        var changes: [IndexChange] = []
        /// Keys whose files need a change before they have a row.
        var unsettled: [ObjectFiles.Target] = []
        var ticket: IndexWriter.Ticket?
    }

    /// Makes the rows of these keys agree with their files; keys whose files need a change are reconciled one by one.
    ///
    /// With `comparing` only rows that differ are written. Waits for the index, which is the back-pressure. Returns how
    /// many rows were changed.
    @discardableResult
    func look(at keys: [ObjectKey], of bucket: Bucket, comparing: Bool) async throws -> Int {
        guard !keys.isEmpty else { return 0 }
        let targets = keys.map { target($0, of: bucket) }
        let outcome = try await bucketLocks.withLock(bucket.name, .shared) { () async throws -> Looks in
            guard registry.find(bucket.name)?.id == bucket.id else { throw S3Error.noSuchBucket(bucket.name) }
            return try await keyLocks.withLocks(targets) { () async throws -> Looks in
                if comparing { await writer.flush() }
                var found = try await pool.run { [self] in try looks(at: targets, comparing: comparing) }
                found.ticket = writer.enqueue(found.changes)
                return found
            }
        }
        await outcome.ticket?.wait()
        for target in outcome.unsettled { try await reconcileTolerantly(target) }
        return outcome.changes.count + outcome.unsettled.count
    }

    private func looks(at targets: [ObjectFiles.Target], comparing: Bool) throws -> Looks {
        let rows = comparing ? try knownRows(of: targets) : [:]
        var looks = Looks()
        for target in targets {
            guard let state = try settledState(of: target) else {
                looks.unsettled.append(target)
                continue
            }
            sequences.observe(state.lastSequence)
            let known = rows[target.key] ?? KeyRows()
            guard let change = Self.change(from: .success(known), to: KeyRows(state), target) else { continue }
            // Changed by hand while the intents hold what was before: that is settled first.
            if logged.contains(target) { looks.unsettled.append(target) } else { looks.changes.append(change) }
        }
        return looks
    }

    private func knownRows(of targets: [ObjectFiles.Target]) throws -> [ObjectKey: KeyRows] {
        guard let bucketID = targets.first?.bucketID, try files.versionedBuckets.contains(bucketID) else {
            return try index.rows(of: targets).mapValues { KeyRows(current: $0) }
        }
        let rows = try targets.map { ($0.key, try index.rows(of: $0.key, bucketID: bucketID)) }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }

    /// What the files of a key hold when they need no change.
    private func settledState(of target: ObjectFiles.Target) throws -> ObjectFiles.KeyState? {
        do {
            return try files.settledState(of: target)
        } catch let error as StorageError where error.concernsOneFile {
            return nil
        }
    }

    /// A file that cannot be read or is being written by hand does not stop a walk: the next read looks again.
    func reconcileTolerantly(_ target: ObjectFiles.Target) async throws {
        do {
            try await reconcile(target)
        } catch let error as StorageError where error.concernsOneFile {
            log.error("a file is left out of the index", metadata: ["key": "\(target.key)", "error": "\(error)"])
        }
    }
}
