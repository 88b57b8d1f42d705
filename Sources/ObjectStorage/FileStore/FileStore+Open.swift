package import Logging
package import S3Protocol

extension FileStore {
    private static let concurrentRecoveries = 16

    /// Opens a storage root, making it when it is new.
    ///
    /// Costs what was changed since the last checkpoint, not what is stored: those keys are reconciled before this
    /// returns. An index that has to be rebuilt is rebuilt in the background.
    ///
    /// - Throws: `StorageError` that says what to do: root in use, not writable, unsuitable, or of a newer Larder.
    package static func open(
        _ configuration: FileStoreConfiguration,
        log: Logger,
        clock: @escaping @Sendable () -> Timestamp
    ) async throws -> FileStore {
        let pool = BlockingPool(threadCount: configuration.threadCount)
        let store: FileStore
        let parts: RecoveredRoot
        do {
            parts = try await pool.run { try RecoveredRoot(configuration, log: log) }
            store = try await pool.run {
                try FileStore(parts, configuration: configuration, pool: pool, clock: clock, log: log)
            }
        } catch {
            await pool.shutdown()
            throw error
        }
        do {
            try await store.redo(parts.intents, parts.segments)
        } catch {
            // Without the checkpoint of a clean stop, which would forget what could not be written.
            store.root.makeReadOnly(because: "the start has failed")
            await store.close()
            throw error
        }
        await store.recover(parts)
        store.startBackgroundWork()
        return store
    }

    private func recover(_ parts: RecoveredRoot) async {
        configuration.feed?.resume(from: parts.oldestSegment)
        for id in parts.forgottenBuckets { writer.enqueue(.drop(bucketID: id)) }
        for id in parts.incompleteBuckets { writer.enqueue(.reset(bucketID: id, isComplete: false)) }
        await reconcileUnfinished(parts.intents.keys)
        await settleUploads()
        do {
            if try await !checkpoint() { log.warning("the checkpoint of the index is tried again later") }
        } catch {
            log.error("the checkpoint of the index failed", metadata: ["error": "\(error)"])
        }
    }

    private func reconcileUnfinished(_ lines: Set<IntentLine>) async {
        guard !lines.isEmpty else { return }
        log.info("looking at what was under way at the last stop", metadata: ["keys": "\(lines.count)"])
        await withTaskGroup(of: Void.self) { group in
            for (position, line) in lines.enumerated() {
                if position >= Self.concurrentRecoveries { await group.next() }
                group.addTask { await self.reconcileUnfinished(line) }
            }
        }
    }

    private func reconcileUnfinished(_ line: IntentLine) async {
        guard let bucket = registry.find(id: line.bucketID) else { return }
        let target = target(line.key, of: bucket)
        do {
            try await reconcileAnnounced(target, staysLogged: true)
            // Its row may have been on disk already, while what the feed had been told was not.
            tellFeed(of: target)
        } catch {
            log.error("a key cannot be reconciled", metadata: ["key": "\(line.key)", "error": "\(error)"])
            writer.keepFailures([line])
        }
    }
}
