import Attachments
import Imaging
import Logging
import ObjectStorage

extension StyleRegeneration {
    /// A regeneration on a root that no server holds: it brings its own workers, which also make the styles that waited.
    init(alone settings: ServerSettings, records: SQLiteRecordStore, store: FileStore, log: Logger) {
        let signals = AttachmentSignals()
        self.init(
            configuration: settings.attachments,
            records: records,
            objects: store,
            signals: signals,
            clock: System.now,
            withWorkers: { body in
                let images = try ImageWorkerPool(settings.imaging.pool, logger: log)
                let jobs = JobQueue(
                    configuration: settings.attachments,
                    store: records,
                    objects: store,
                    renderer: ImageWorkerRendering(pool: images, limits: settings.imaging.limits),
                    signals: signals,
                    workers: settings.imaging.pool.workers,
                    logger: log,
                    clock: System.now
                )
                let running = Task { await jobs.run() }
                let result: Result<Void, any Error>
                do {
                    try await body()
                    result = .success(())
                } catch {
                    result = .failure(error)
                }
                jobs.stop()
                await running.value
                await images.shutdown()
                try result.get()
            }
        )
    }
}
