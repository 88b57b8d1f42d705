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
            await mendFailures()
            let number = try await intents.rotate()
            await intents.waitForRequests(below: number)
            await writer.enqueue(.checkpoint(number)).wait()
            guard writer.isSound, try await writer.checkpoint() else { return false }
            guard try await pool.run({ [index] in try index.checkpointNumber() }) == number else { return false }
            try root.checkWritable()
            try await intents.remove(below: number)
            return true
        }
    }

    /// Looks again at the keys whose rows could not be written.
    private func mendFailures() async {
        for line in writer.takeFailures() {
            guard let bucket = registry.find(id: line.bucketID) else { continue }
            do {
                try await reconcile(ObjectFiles.Target(key: line.key, bucket: bucket.name, bucketID: bucket.id))
            } catch {
                writer.keepFailures([line])
            }
        }
    }

    /// Checkpoints by time and by number of intents, and the rebuilding of what is incomplete, until `close`.
    func startBackgroundWork() {
        let timer = Task {
            while (try? await Task.sleep(for: configuration.checkpointInterval)) != nil {
                if intents.lineCount > 0 { requestCheckpoint.yield() }
            }
        }
        let checkpoints = Task {
            for await _ in checkpointRequests { await checkpointInBackground() }
        }
        background.withLock { $0 += [timer, checkpoints] }
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
