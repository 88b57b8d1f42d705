import Gateway
import Mirror
import S3Protocol

extension ServerStatus {
    /// The metrics of mirrored buckets.
    static func gauges(of mirror: Mirror?) async -> [Metrics.Gauge] {
        guard let mirror, let buckets = try? await mirror.statuses(of: nil) else { return [] }
        let states: [MirrorState] = [.queued, .uploading, .verified, .conflict, .failed]
        let objects = buckets.flatMap { bucket in
            states.map { state in
                Metrics.Gauge(
                    "larder_mirror_objects",
                    "Keys of mirrored buckets by state.",
                    Double(bucket.counts[state] ?? 0),
                    labels: [("bucket", bucket.bucket.string), ("state", state.rawValue)]
                )
            }
        }
        let seconds = buckets.map { bucket in
            Metrics.Gauge(
                "larder_mirror_lag_seconds",
                "Age of the change that waits longest for the remote.",
                Double(bucket.lagSeconds),
                labels: [("bucket", bucket.bucket.string)]
            )
        }
        let bytes = buckets.map { bucket in
            Metrics.Gauge(
                "larder_mirror_lag_bytes",
                "Bytes of objects that wait for the remote.",
                Double(bucket.lagBytes),
                labels: [("bucket", bucket.bucket.string)]
            )
        }
        let sent = Metrics.Gauge(
            "larder_mirror_sent_bytes_total",
            "Bytes of content sent to remotes by mirrors since the start.",
            Double(mirror.sentBytes),
            isCounter: true
        )
        return objects + seconds + bytes + [sent]
    }
}
