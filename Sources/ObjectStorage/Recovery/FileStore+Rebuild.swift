import Logging
import S3Protocol
import Synchronization

extension FileStore {
    private static let pieceSize = 512
    private static let piecesAtOnce = 4

    /// Fills the index of a bucket from its files in the background; its listings answer 503 until that is done.
    func startRebuild(of bucket: Bucket) {
        rebuilds.begin(bucket)
        let task = Task { await rebuild(bucket) }
        background.withLock { $0.append(task) }
    }

    private func rebuild(_ bucket: Bucket) async {
        let metadata: Logger.Metadata = ["bucket": "\(bucket.name)"]
        log.info("rebuilding the index of a bucket", metadata: metadata)
        do {
            while try await !fillTolerantly(bucket) { try await Task.sleep(for: configuration.checkpointInterval) }
        } catch is CancellationError {
            log.info("the rebuilding of an index goes on at the next start", metadata: metadata)
        } catch {
            log.error("the index of a bucket is rebuilt at the next start", metadata: ["error": "\(error)"])
        }
        rebuilds.end(bucket)
    }

    /// False when it has to be tried again later.
    private func fillTolerantly(_ bucket: Bucket) async throws -> Bool {
        do {
            try await fill(bucket)
        } catch {
            guard registry.find(id: bucket.id) != nil else { return forgetRebuild(of: bucket) }
            if error is CancellationError || Self.isFinal(error) { throw error }
            log.error(
                "the index of a bucket cannot be rebuilt and its listings stay unavailable; it is tried again later",
                metadata: ["bucket": "\(bucket.name)", "error": "\(error)"]
            )
            return false
        }
        let progress = rebuilds.progress(of: bucket)
        log.info(
            "the index of a bucket is complete",
            metadata: [
                "bucket": "\(bucket.name)", "keys": "\(progress?.keys ?? 0)", "took": "\(progress?.elapsed ?? .zero)",
            ]
        )
        return true
    }

    private func forgetRebuild(of bucket: Bucket) -> Bool {
        incomplete.withLock { _ = $0.remove(bucket.id) }
        return true
    }

    private func fill(_ bucket: Bucket) async throws {
        try await change(.reset(bucketID: bucket.id, isComplete: false))
        try await forEachPiece(of: bucket) { [self] piece in
            try await look(at: piece.keys + piece.versionedKeys, of: bucket, comparing: false)
            reportRebuild(of: bucket, rebuilds.advance(bucket, by: piece.keys.count + piece.versionedKeys.count))
        }
        try await change(.barrier)
        guard writer.isSound(bucketID: bucket.id) else { throw Self.unwritable }
        try await change(.complete(bucketID: bucket.id))
        incomplete.withLock { _ = $0.remove(bucket.id) }
        // On disk soon, so that a power cut does not cost all of it again.
        isCheckpointDue.withLock { $0 = true }
        requestCheckpoint.yield()
    }

    private func reportRebuild(of bucket: Bucket, _ progress: RebuildProgress?) {
        guard let progress else { return }
        log.info(
            "rebuilding the index of a bucket",
            metadata: ["bucket": "\(bucket.name)", "keys": "\(progress.keys)", "rate": "\(progress.rate)/s"]
        )
    }

    private static let unwritable = StorageError(.failed, "the index cannot be written")

    private func change(_ change: IndexChange) async throws {
        guard await writer.enqueue(change).wait() else { throw Self.unwritable }
    }

    /// Whether no further try can do better before a restart.
    private static func isFinal(_ error: any Error) -> Bool {
        guard let error = error as? StorageError else { return false }
        return [.readOnly, .closed].contains(error.code)
    }

    /// Walks through a bucket's files, a few pieces at a time beside each other; strays are logged, empty directories go.
    func forEachPiece(
        of bucket: Bucket,
        below path: String? = nil,
        _ body: @escaping @Sendable (BucketWalk.Piece) async throws -> Void
    ) async throws {
        let walk = BucketWalk(bucket, files, below: path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            var pieces = 0
            while let piece = try await pool.run({ try walk.next(Self.pieceSize) }) {
                try Task.checkCancellation()
                if pieces >= Self.piecesAtOnce { try await group.next() }
                pieces += 1
                group.addTask { [self] in
                    await tidy(piece)
                    try await body(piece)
                }
            }
            try await group.waitForAll()
        }
    }

    private func tidy(_ piece: BucketWalk.Piece) async {
        for stray in piece.strays {
            log.warning(
                "something in a bucket is no object and is left alone",
                metadata: ["path": "\(stray.path)", "reason": "\(stray.reason.rawValue)"]
            )
        }
        if let watcher = root.watcher {
            _ = try? await pool.run { for path in piece.directories { watcher.watch(path) } }
        }
        for path in piece.emptyDirectories {
            _ = try? await pool.run { [root] in try root.removeEmptyDirectories(from: path) }
        }
    }
}
