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
                try await scrub(name, report, &pace) { [self] in try files.find(target(key, of: bucket)) }
            }
            for key in piece.versionedKeys {
                let ids = try await pool.run { [self] in
                    try files.versionIDs(of: target(key, of: bucket))
                }
                for id in ids {
                    try await scrub(name, report, &pace) { [self] in try files.version(id, of: target(key, of: bucket))
                    }
                }
            }
        }
    }

    private func scrub(
        _ bucket: BucketName,
        _ report: CheckReport,
        _ pace: inout Pace,
        _ find: @escaping @Sendable () throws -> FoundFile?
    ) async throws {
        try Task.checkCancellation()
        let outcome = try await pool.run { [files] in try files.scrub(find(), in: bucket) }
        report.count(1, bytes: outcome.bytes)
        if let finding = outcome.finding { note(finding, report) }
        try await pace.passed(outcome.bytes)
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
    /// Reads the content of a version and compares.
    fileprivate func scrub(_ found: FoundFile?, in bucket: BucketName) throws -> (finding: Finding?, bytes: Int64) {
        guard let found, let record = found.record, !record.isDeleteMarker else { return (nil, 0) }
        // A checksum of parts' checksums is not one of the content; the parts' own are.
        guard record.checksumType == .fullObject else { return try scrubParts(found, record, bucket) }
        let stored = record.checksums.first
        var digests = ContentDigests(stored?.algorithm ?? .standard)
        try found.descriptor.forEachPiece(upTo: record.size) { digests.update($0) }
        let result = digests.finalize()
        // Written to by hand while it was read: that is another thing.
        guard try found.descriptor.facts() == found.facts else { return (nil, result.byteCount) }
        let subject = Self.subject(found, record, bucket)
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

    private func scrubParts(
        _ found: FoundFile,
        _ record: ObjectRecord,
        _ bucket: BucketName
    ) throws -> (finding: Finding?, bytes: Int64) {
        var offset: Int64 = 0
        for part in record.parts {
            guard let stored = part.checksum else { continue }
            var checksummer = Checksummer(stored.algorithm)
            try found.descriptor.forEachPiece(from: offset, upTo: offset + part.size) { checksummer.update($0) }
            offset += part.size
            guard try found.descriptor.facts() == found.facts else { return (nil, offset) }
            let computed = checksummer.finalize()
            guard computed == stored else {
                let detail =
                    "part \(part.number): \(stored.algorithm.rawValue) is \(computed.base64), stored is "
                    + stored.base64
                return (Finding(.bitRot, Self.subject(found, record, bucket), detail, isRepairable: false), offset)
            }
        }
        return (nil, offset)
    }

    private static func subject(_ found: FoundFile, _ record: ObjectRecord, _ bucket: BucketName) -> String {
        "\(bucket)/\(record.key)" + (found.place.kind == .version ? " version \(record.version.text)" : "")
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
