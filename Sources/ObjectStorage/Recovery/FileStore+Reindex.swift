package import S3Protocol
import Synchronization

extension FileStore {
    /// Makes a bucket's index anew from its files; returns when it is complete.
    ///
    /// Reads and writes go on; the bucket's listings answer 503 SlowDown meanwhile. - Throws: `NoSuchBucket`.
    package func reindex(_ name: BucketName, _ report: CheckReport) async throws {
        report.begin("bucket \(name)")
        let bucket = try registry.bucket(name)
        let isNew = incomplete.withLock { $0.insert(bucket.id).inserted }
        if isNew { startRebuild(of: bucket) }
        var counted = 0
        while incomplete.withLock({ $0.contains(bucket.id) }) {
            try root.checkWritable()
            let keys = rebuilds.progress(of: bucket)?.keys ?? 0
            report.count(max(0, keys - counted))
            counted = max(counted, keys)
            try await Task.sleep(for: .milliseconds(100))
        }
        report.count(max(0, (rebuilds.progress(of: bucket)?.keys ?? 0) - counted))
    }
}
