package import S3Protocol
package import StyleAddresses

/// What an operator can set about styles on the fly.
package struct OnTheFlyConfiguration: Sendable {
    /// The buckets whose pictures they are made of; none for no such styles at all.
    package var buckets: [BucketName]
    /// Whether only named styles may be asked for.
    package var presetsOnly = false
    /// The formats that are chosen by `Accept` where an address names none, the best first.
    package var accepted = AcceptedFormats([])
    /// How many different results may be waited for at a time; the next one gets 503.
    package var queueLength = 64
    /// The seconds for which a result may be kept by caches without asking again.
    package var maximumAge: Int64 = 86_400
    /// The seconds for which a picture that could not be rendered is not tried again; 0 tries each time.
    package var failureLifetime: Int64 = 600

    /// The configuration of a fresh installation, for these buckets.
    package init(buckets: [BucketName]) {
        self.buckets = buckets
    }
}
