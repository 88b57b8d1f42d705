import Attachments
import Gateway
import Imaging
import ObjectStorage
import S3Protocol

/// What health probes and metrics are told of the parts.
enum ServerStatus {
    /// Whether reads and writes work.
    static func readiness(_ store: FileStore) async -> OperatorSurface.Readiness {
        guard let storage = try? await store.statistics() else {
            return .notReady("the storage root cannot be looked at; the log has the reason")
        }
        return storage.isReadOnly
            ? .notReady("the storage root is read-only; look at the disk and the log, then restart") : .ready
    }

    /// The gauges of `/-/metrics`.
    static func gauges(
        store: FileStore,
        images: ImageWorkerPool,
        records: SQLiteRecordStore,
        outbox: WebhookOutbox
    ) async -> [Metrics.Gauge] {
        storageGauges(try? await store.statistics()) + imageGauges(images.status) + (await jobGauges(records))
            + (await webhookGauges(records, outbox))
    }

    private static func storageGauges(_ storage: StorageStatistics?) -> [Metrics.Gauge] {
        guard let storage else { return [] }
        return [
            .init("larder_disk_free_bytes", "Free bytes of the storage root's file system.", Double(storage.freeBytes)),
            .init("larder_disk_total_bytes", "Bytes of the storage root's file system.", Double(storage.totalBytes)),
            .init("larder_index_queue", "Index changes that wait to be written.", Double(storage.queuedIndexChanges)),
            .init("larder_intents", "Intents since the last checkpoint.", Double(storage.intentsSinceCheckpoint)),
            .init("larder_storage_read_only", "1 after a failed sync.", storage.isReadOnly ? 1 : 0),
            .init(
                "larder_index_rebuilding_buckets",
                "Buckets whose index is being rebuilt.",
                Double(storage.rebuildingBuckets)
            ),
            .init(
                "larder_index_rebuilt_keys",
                "Keys that the rebuilds under way have indexed.",
                Double(storage.rebuilds.reduce(0) { $0 + $1.keys })
            ),
            .init(
                "larder_rotten_objects",
                "Objects that scrubs found changed by the disk since the start.",
                Double(storage.rottenObjects)
            ),
        ]
    }

    private static func imageGauges(_ images: WorkerPoolStatus) -> [Metrics.Gauge] {
        [
            .init(
                "larder_image_workers",
                "Image workers that run.",
                Double(images.workers.count { $0.processID != nil })
            ),
            .init("larder_image_queue", "Image jobs that wait for a worker.", Double(images.queued)),
            .init("larder_image_jobs", "Image jobs done since the start.", Double(images.jobs)),
            .init("larder_image_failures", "Image jobs that failed since the start.", Double(images.failures)),
        ]
    }

    private static func webhookGauges(_ records: SQLiteRecordStore, _ outbox: WebhookOutbox) async -> [Metrics.Gauge] {
        guard let endpoints = try? await records.endpointStatuses() else { return [] }
        let (now, oldest) = (System.now(), endpoints.compactMap(\.oldest).min())
        let age = oldest.map { Double(max(0, now.nanoseconds - $0.nanoseconds)) / 1e9 } ?? 0
        return [
            .init("larder_webhooks_delivered", "Deliveries taken since the start.", Double(outbox.deliveredCount)),
            .init(
                "larder_webhooks_queued",
                "Deliveries that wait for endpoints.",
                Double(endpoints.reduce(0) { $0 + $1.queued })
            ),
            .init("larder_webhooks_dead", "Deliveries given up.", Double(endpoints.reduce(0) { $0 + $1.dead })),
            .init("larder_webhooks_oldest_seconds", "Age of the delivery that waits longest.", age),
            .init(
                "larder_webhooks_disabled_endpoints",
                "Endpoints that answered 410 Gone.",
                Double(endpoints.count { $0.disabled != nil })
            ),
        ]
    }

    private static func jobGauges(_ records: SQLiteRecordStore) async -> [Metrics.Gauge] {
        guard let backlog = try? await records.jobBacklog() else { return [] }
        let now = System.now()
        let counts = JobRecord.State.allCases.map { state in
            Metrics.Gauge(
                "larder_jobs_\(state.rawValue)",
                "Style jobs in the state \(state.rawValue).",
                Double(backlog.counts[state] ?? 0)
            )
        }
        let age = backlog.oldest.map { Double(max(0, now.nanoseconds - $0.nanoseconds)) / 1e9 } ?? 0
        let isResting = backlog.pause.map { now < $0.until } ?? false
        return counts + [
            .init("larder_jobs_oldest_seconds", "Age of the style job that waits longest.", age),
            .init("larder_jobs_resting", "1 while no job is begun: no worker, or a full disk.", isResting ? 1 : 0),
        ]
    }
}

extension ServerStatus {
    /// The gauges of styles on the fly.
    static func gauges(of styles: OnTheFlyStyles) -> [Metrics.Gauge] {
        let (counts, kept) = (styles.counts, styles.kept)
        return [
            .init("larder_on_the_fly_hits", "Styles on the fly that were kept already.", Double(counts.hits)),
            .init("larder_on_the_fly_made", "Styles on the fly rendered since the start.", Double(counts.made)),
            .init("larder_on_the_fly_failed", "Styles on the fly that could not be rendered.", Double(counts.failed)),
            .init(
                "larder_on_the_fly_refused",
                "Styles on the fly refused since too many waited.",
                Double(counts.refused)
            ),
            .init("larder_on_the_fly_queue", "Styles on the fly being made or waiting.", Double(styles.underWay)),
            .init("larder_on_the_fly_cache_files", "Styles on the fly that are kept.", Double(kept.files)),
            .init("larder_on_the_fly_cache_bytes", "Bytes of the styles on the fly that are kept.", Double(kept.bytes)),
        ]
    }
}
