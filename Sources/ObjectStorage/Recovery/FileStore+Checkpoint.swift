import Logging
import Synchronization
import S3Protocol

extension FileStore {
    /// Makes the index durable up to now and forgets the intents before; false when something is left to do later.
    ///
    /// - Throws: `StorageError` when the root is read-only or cannot be written.
    package func checkpoint() async throws -> Bool {
        try await checkpointLock.withLock(0, .exclusive) {
            try root.checkWritable()
            isCheckpointDue.withLock { $0 = true }
            let number = try await intents.rotate()
            await intents.waitForRequests(below: number)
            // What was not synced by its request has to be before the intents go.
            try await syncUnsynced(below: number)
            await writer.enqueue(.barrier).wait()
            try await mendFailures()
            await writer.enqueue(.checkpoint(number, sequence: sequences.highest)).wait()
            guard writer.isSound, try await writer.checkpoint() else { return false }
            guard try await pool.run({ [index] in try index.checkpointNumber() }) == number else { return false }
            try root.checkWritable()
            try await configuration.feed?.flush(upTo: number)
            try await intents.remove(below: number)
            logged.remove(below: number)
            isCheckpointDue.withLock { $0 = false }
            return true
        }
    }

    private func syncUnsynced(below number: Int64) async throws {
        guard intents.takeUnsynced(below: number) else { return }
        do {
            try await pool.run { [root] in try root.syncEverything() }
        } catch {
            intents.putUnsyncedBack(below: number)
            throw error
        }
    }

    /// Looks again at the keys whose rows could not be written, and at those whose requests failed.
    ///
    /// Each gets a line in the new segment first: one that cannot be reconciled does not keep the older segments.
    private func mendFailures() async throws {
        var lines = writer.takeFailures()
        while let line = lines.first {
            do {
                try await mend(line)
            } catch {
                writer.keepFailures(lines)
                throw error
            }
            lines.remove(line)
        }
    }

    /// - Throws: `StorageError` when the line could not be written; a key that cannot be mended is kept.
    private func mend(_ line: IntentLine) async throws {
        guard let bucket = registry.find(id: line.bucketID) else { return }
        let target = target(line.key, of: bucket)
        let token = try await intents.record(line, target.durability)
        do {
            try await withToken(token, target) { try await reconcileAnnounced(target) }
            tellFeed(of: target)
        } catch {
            writer.keepFailures([line])
            if let error = error as? StorageError, error.concernsOneFile, error.code != .noSpace { writer.giveUp(line) }
            log.error("a key cannot be reconciled", metadata: ["key": "\(line.key)", "error": "\(error)"])
        }
    }

    /// Tells the feed of a key that may have been changed without a change of its row.
    func tellFeed(of target: ObjectFiles.Target) {
        configuration.feed?.changed([
            KeyChange(bucket: target.bucket, bucketID: target.bucketID, key: target.key)
        ])
    }

    /// Checkpoints by time and by number of intents, and the rebuilding of what is incomplete, until `close`.
    func startBackgroundWork() {
        let timer = Task {
            while (try? await Task.sleep(for: configuration.checkpointInterval)) != nil {
                if intents.lineCount > 0 || isCheckpointDue.withLock({ $0 }) { requestCheckpoint.yield() }
            }
        }
        let checkpoints = Task {
            for await _ in checkpointRequests { await checkpointInBackground() }
        }
        background.withLock { $0 += [timer, checkpoints] }
        startRowChecks()
        startScanning()
        startWatching()
        startScrubbing()
        startExpiring()
        for bucket in registry.all where incomplete.withLock({ $0.contains(bucket.id) }) { startRebuild(of: bucket) }
    }

    private func checkpointInBackground() async {
        do {
            if try await !checkpoint() { log.notice("a checkpoint of the index is tried again later") }
        } catch {
            log.error("a checkpoint of the index failed", metadata: ["error": "\(error)"])
        }
    }
}
