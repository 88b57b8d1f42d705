package import S3Protocol
import Synchronization

/// How far the rebuilding of a bucket's index has come.
package struct RebuildProgress: Sendable, Equatable {
    /// The bucket.
    package let bucket: BucketName
    /// Keys that were looked at.
    package var keys = 0
    /// Time since it began.
    package var elapsed = Duration.zero

    /// Keys a second so far.
    package var rate: Int {
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        return seconds > 0 ? Int(Double(keys) / seconds) : 0
    }
}

/// The rebuilds under way, and those that have ended, by bucket.
final class Rebuilds: Sendable {
    private static let reportInterval = Duration.seconds(5)

    private struct Rebuild {
        var progress: RebuildProgress
        let began: ContinuousClock.Instant
        var reported: ContinuousClock.Instant
        var isRunning = true
    }

    private let rebuilds = Mutex<[BucketName: Rebuild]>([:])

    /// A rebuild begins.
    func begin(_ bucket: Bucket) {
        let now = ContinuousClock.now
        rebuilds.withLock {
            $0[bucket.name] = Rebuild(progress: RebuildProgress(bucket: bucket.name), began: now, reported: now)
        }
    }

    /// Counts keys; returns the progress when it is time to report it.
    func advance(_ bucket: Bucket, by keys: Int) -> RebuildProgress? {
        let now = ContinuousClock.now
        return rebuilds.withLock { rebuilds in
            guard var rebuild = rebuilds[bucket.name] else { return nil }
            rebuild.progress.keys += keys
            rebuild.progress.elapsed = now - rebuild.began
            let isDue = now - rebuild.reported >= Self.reportInterval
            if isDue { rebuild.reported = now }
            rebuilds[bucket.name] = rebuild
            return isDue ? rebuild.progress : nil
        }
    }

    /// A rebuild has ended.
    func end(_ bucket: Bucket) {
        rebuilds.withLock { rebuilds in
            guard var rebuild = rebuilds[bucket.name] else { return }
            rebuild.progress.elapsed = .now - rebuild.began
            rebuild.isRunning = false
            rebuilds[bucket.name] = rebuild
        }
    }

    /// How far the bucket's rebuild has come, or had when it ended.
    func progress(of bucket: Bucket) -> RebuildProgress? {
        rebuilds.withLock { $0[bucket.name]?.progress }
    }

    /// Those under way.
    var running: [RebuildProgress] {
        rebuilds.withLock { $0.values.filter(\.isRunning).map(\.progress) }
            .sorted { $0.bucket < $1.bucket }
    }
}
