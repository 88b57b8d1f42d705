import Logging
package import S3Protocol
import Synchronization

extension FileStore {
    /// Reads all content again and holds it against the stored digests: what the disk has changed by itself is reported.
    ///
    /// Never changes or deletes anything. Reads at most `bytesPerSecond`, nil for as fast as it goes. A file that was
    /// changed by hand is no rot: it is adopted when it is read.
    ///
    /// - Throws: `NoSuchBucket`, `CancellationError`.
    package func scrub(_ name: BucketName, bytesPerSecond: Int64?, _ report: CheckReport) async throws {
        report.begin("bucket \(name)")
        let bucket = try registry.bucket(name)
        let walk = BucketWalk(bucket, files)
        var pace = Pace(bytesPerSecond)
        while let piece = try await pool.run({ try walk.next(64) }) {
            for key in piece.keys {
                try Task.checkCancellation()
                let target = target(key, of: bucket)
                let outcome = try await pool.run { [files] in try files.scrub(target) }
                report.count(1, bytes: outcome.bytes)
                if let finding = outcome.finding { note(finding, report) }
                try await pace.passed(outcome.bytes)
            }
        }
    }

    private func note(_ finding: Finding, _ report: CheckReport) {
        report.add([finding])
        rot.withLock { $0 += 1 }
        log.error("stored content has changed by itself", metadata: ["object": "\(finding.subject)"])
    }

    /// Scrubs all buckets at intervals until `close`, if that is configured.
    func startScrubbing() {
        guard let interval = configuration.scrubInterval else { return }
        let task = Task {
            while (try? await Task.sleep(for: interval)) != nil {
                for bucket in registry.all where !Task.isCancelled {
                    try? await scrub(bucket.name, bytesPerSecond: configuration.scrubRate, CheckReport())
                }
            }
        }
        background.withLock { $0.append(task) }
    }
}

extension ObjectFiles {
    /// Reads the content of a key's current version and compares.
    fileprivate func scrub(_ target: Target) throws -> (finding: Finding?, bytes: Int64) {
        guard let found = try find(target), let record = found.record else { return (nil, 0) }
        let stored = record.checksums.first
        var digests = ContentDigests(stored?.algorithm ?? .standard)
        try found.descriptor.forEachPiece(upTo: record.size) { digests.update($0) }
        let result = digests.finalize()
        // Written to by hand while it was read: that is another thing.
        guard try found.descriptor.facts() == found.facts else { return (nil, result.byteCount) }
        let subject = "\(target.bucket)/\(target.key)"
        if let stored, stored != result.checksum {
            let detail = "\(stored.algorithm.rawValue) is \(result.checksum.base64), stored is \(stored.base64)"
            return (Finding(.bitRot, subject, detail, isRepairable: false), result.byteCount)
        }
        // Only the tag of content that came in one piece is its MD5.
        if stored == nil, record.etag.text.utf8.count == 32, record.etag != ETag(md5: result.md5) {
            let detail = "MD5 is \(Hex.encode(result.md5)), stored is \(record.etag)"
            return (Finding(.bitRot, subject, detail, isRepairable: false), result.byteCount)
        }
        return (nil, result.byteCount)
    }
}

/// Keeps a stream of bytes below a rate.
private struct Pace {
    private let bytesPerSecond: Int64?
    private let began = ContinuousClock.now
    private var total: Int64 = 0

    init(_ bytesPerSecond: Int64?) {
        self.bytesPerSecond = bytesPerSecond
    }

    mutating func passed(_ bytes: Int64) async throws {
        guard let bytesPerSecond, bytesPerSecond > 0 else { return }
        total += bytes
        let due = Duration.seconds(Double(total) / Double(bytesPerSecond))
        let ahead = due - began.duration(to: .now)
        if ahead > .milliseconds(5) { try await Task.sleep(for: ahead) }
    }
}
