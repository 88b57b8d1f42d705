import Logging
package import S3Protocol
import Synchronization

/// What a scan of a bucket came to.
package struct ScanResult: Sendable, Equatable {
    /// Rows and files that were looked at.
    package var looked = 0
    /// Rows that were made, changed or removed.
    package var healed = 0
}

extension FileStore {
    private static let rowsAtOnce = 1_000
    /// Of the time that a scan works, so many times as much it rests: it is in no hurry, and others are.
    private static let restFactor = 3

    /// Compares a bucket's files with its rows, both ways, and makes rows agree; listings go on meanwhile.
    ///
    /// Finds what was put, changed or removed by hand. Costs two system calls a key, and leaves three quarters of the
    /// time to others.
    ///
    /// - Throws: `NoSuchBucket` when the bucket goes meanwhile; `StorageError` when nothing can be read or written.
    @discardableResult
    package func scan(_ name: BucketName, _ report: CheckReport = CheckReport()) async throws -> ScanResult {
        report.begin("bucket \(name)")
        let bucket = try registry.bucket(name)
        guard !incomplete.withLock({ $0.contains(bucket.id) }) else { return ScanResult() }
        // Rows that still wait belong to what is looked at.
        await writer.flush()
        let rows = try await scanRows(of: bucket, report)
        let versions = try await scanVersions(of: bucket, report)
        let files = try await scanFiles(of: bucket, report)
        let result = ScanResult(
            looked: rows.looked + versions.looked + files.looked,
            healed: rows.healed + versions.healed + files.healed
        )
        if result.healed > 0 {
            log.notice(
                "a scan found what was changed by hand",
                metadata: ["bucket": "\(name)", "healed": "\(result.healed)", "looked": "\(result.looked)"]
            )
        }
        return result
    }

    /// Rows whose file is not as they say, or not there.
    private func scanRows(
        of bucket: Bucket,
        below prefix: ObjectKey? = nil,
        _ report: CheckReport
    ) async throws -> ScanResult {
        var result = ScanResult()
        var last = prefix
        repeat {
            let began = ContinuousClock.now
            let after = last
            let (rows, suspects) = try await pool.run { [self] in
                let rows = try index.rows(after: after, bucketID: bucket.id, limit: Self.rowsAtOnce)
                    .prefix { row in prefix.map { row.key.utf8.starts(with: $0.utf8) } ?? true }
                return (rows, try rows.filter { try !files.agrees(with: $0, target($0.key, of: bucket)) }.map(\.key))
            }
            for key in suspects { try await refreshTolerantly(target(key, of: bucket)) }
            report.count(rows.count)
            result.looked += rows.count
            result.healed += suspects.count
            last = rows.count < Self.rowsAtOnce ? nil : rows.last?.key
            try await rest(since: began)
        } while last != nil
        return result
    }

    /// Rows of noncurrent versions whose file is not as they say, or not there.
    private func scanVersions(of bucket: Bucket, _ report: CheckReport) async throws -> ScanResult {
        var result = ScanResult()
        var last: ObjectKey?
        repeat {
            let began = ContinuousClock.now
            let after = last
            let keys = try await pool.run { [index] in
                try index.versionedKeys(after: after, bucketID: bucket.id, limit: Self.rowsAtOnce)
            }
            result.healed += try await look(at: keys, of: bucket, comparing: true)
            result.looked += keys.count
            report.count(keys.count)
            last = keys.count < Self.rowsAtOnce ? nil : keys.last
            try await rest(since: began)
        } while last != nil
        return result
    }

    /// Files that have no row.
    private func scanFiles(
        of bucket: Bucket,
        below path: String? = nil,
        _ report: CheckReport
    ) async throws -> ScanResult {
        let result = Mutex(ScanResult())
        try await forEachPiece(of: bucket, below: path) { [self] piece in
            let began = ContinuousClock.now
            let targets = piece.keys.map { target($0, of: bucket) }
            let known = try await pool.run { [index] in try index.rows(of: targets) }
            let unknown = piece.keys.filter { known[$0] == nil }
            let healed = try await look(at: unknown + piece.versionedKeys, of: bucket, comparing: true)
            let count = piece.keys.count + piece.versionedKeys.count
            report.count(count)
            result.withLock { result in
                result.looked += count
                result.healed += healed
            }
            try await rest(since: began)
        }
        return result.withLock { $0 }
    }

    /// Compares what is, or was, in one directory with the rows below it.
    func scan(_ bucket: Bucket, directory path: String, prefix: ObjectKey) async throws {
        guard isComplete(bucket) else { return }
        _ = try await scanRows(of: bucket, below: prefix, CheckReport())
        _ = try await scanFiles(of: bucket, below: path, CheckReport())
    }

    private func rest(since began: ContinuousClock.Instant) async throws {
        try await Task.sleep(for: began.duration(to: .now) * Self.restFactor)
    }

    private func refreshTolerantly(_ target: ObjectFiles.Target) async throws {
        do {
            try await refresh(target)
        } catch let error as StorageError where error.concernsOneFile {
            log.error("a key cannot be reconciled", metadata: ["key": "\(target.key)", "error": "\(error)"])
        }
    }

    /// Scans all buckets, at start, at intervals and when events were lost, until `close`.
    func startScanning() {
        let scans = Task {
            for await _ in scanRequests {
                for bucket in registry.all where !Task.isCancelled { await scanInBackground(bucket) }
            }
        }
        background.withLock { $0.append(scans) }
        guard let interval = configuration.scanInterval else { return }
        let timer = Task {
            repeat { requestScan.yield() } while (try? await Task.sleep(for: interval)) != nil
        }
        background.withLock { $0.append(timer) }
    }

    private func scanInBackground(_ bucket: Bucket) async {
        do {
            try await scan(bucket.name)
        } catch is CancellationError {
            return
        } catch {
            guard registry.find(id: bucket.id) != nil else { return }
            log.error("a bucket cannot be scanned", metadata: ["bucket": "\(bucket.name)", "error": "\(error)"])
        }
    }
}

extension ObjectFiles {
    /// Whether the file of a row is there with the row's size and time; cheap, since it reads no record.
    fileprivate func agrees(with row: IndexRow, _ target: Target) throws -> Bool {
        do {
            for place in [target.natural, target.escaped].compactMap(\.self) {
                guard let facts = try root.directory.facts(ofPath: place.path) else { continue }
                return facts.kind == .file && facts.size == row.size && facts.modified == row.modified
            }
            return false
        } catch let error as StorageError where error.concernsOneFile {
            return false
        }
    }
}
