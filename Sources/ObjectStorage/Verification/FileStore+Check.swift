import Glibc
import S3Protocol
import Synchronization

extension FileStore {
    /// Checks the store while it is in use, and repairs what it finds if that is asked for.
    ///
    /// `isAlone` says that no request writes meanwhile. - Throws: `StorageError` when nothing can be read.
    package func check(repair: Bool, isAlone: Bool = false, _ report: CheckReport) async throws {
        if repair {
            try await repairRoot(report, isAlone: isAlone)
            for bucket in registry.all where !isComplete(bucket) { try await reindex(bucket.name, CheckReport()) }
        }
        let (buckets, findings) = try await pool.run { [root] in try RootCheck(root: root).buckets() }
        report.add(findings)
        let comparable = buckets.filter { bucket in !incomplete.withLock { $0.contains(bucket.id) } }
        for bucket in buckets where !comparable.contains(bucket) {
            report.add([
                Finding(.indexIncomplete, "\(bucket.name)", "its index is being rebuilt; check it again afterwards")
            ])
        }
        var check = StoreCheck(
            root: root,
            files: files,
            index: index,
            pool: pool,
            report: report,
            isLive: !isAlone,
            confirm: { [self] target, body in
                try await withKeyLocked(target) {
                    // A row follows its file under the same lock, but a little later.
                    await writer.enqueue(.barrier).wait()
                    try await body()
                }
            }
        )
        if repair { check.repair = { [self] target in try await reconcile(target) } }
        try await check.checkBuckets(comparable)
        if repair { _ = try await checkpoint() }
    }

    /// What a start does anyway, and what only somebody who is alone may do.
    private func repairRoot(_ report: CheckReport, isAlone: Bool) async throws {
        guard isAlone else { return }
        let (buckets, leftovers) = try await pool.run { [root] in
            let check = RootCheck(root: root)
            let buckets = try check.buckets().buckets
            return (buckets, try check.leftovers(buckets: buckets))
        }
        try await pool.run { [bucketFiles] in try bucketFiles.removeLeftovers(of: buckets) }
        report.add(leftovers.filter { !$0.isRepairable })
        for bucket in buckets { try await recount(bucket) }
    }

    /// Counts again what a bucket holds.
    private func recount(_ bucket: Bucket) async throws {
        await writer.enqueue(.recount(bucketID: bucket.id)).wait()
    }
}
