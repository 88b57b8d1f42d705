import Attachments
import Configuration
import Glibc
import HTTPTransport
import S3Protocol

/// What is told to whom.
struct WebhookSettings {
    let endpoints: [WebhookEndpoint]
    let policy: WebhookPolicy
    private let authorities: String?

    /// Checks the settings of webhooks.
    ///
    /// - Throws: `AttachmentsError`, `ConfigurationError` for the first that cannot be.
    init(_ settings: Settings) throws {
        if case .array(let values) = settings.entry("webhooks.endpoints").value {
            endpoints = try WebhookEndpoint.endpoints(values)
        } else {
            endpoints = []
        }
        var policy = WebhookPolicy()
        policy.timeout = Int64(try settings.integer("webhooks.timeout_seconds", in: 1...300))
        policy.concurrency = try settings.integer("webhooks.concurrency", in: 1...64)
        policy.maximumAttempts = try settings.integer("webhooks.max_attempts", in: 1...10_000)
        policy.maximumAge = Int64(try settings.integer("webhooks.max_age_seconds", in: 1...31_536_000))
        policy.maximumQueued = try settings.integer("webhooks.max_queued", in: 1...100_000_000)
        policy.deadAge = Int64(try settings.integer("webhooks.dead_seconds", in: 1...315_360_000))
        policy.firstDelay = Int64(try settings.integer("webhooks.retry_seconds", in: 1...86_400))
        policy.longestDelay = Int64(try settings.integer("webhooks.longest_retry_seconds", in: 1...86_400))
        self.policy = policy
        authorities = settings.text("webhooks.tls_authorities")
        if let authorities, access(authorities, R_OK) != 0 {
            throw ConfigurationError(
                "webhooks.tls_authorities is '\(authorities)', which cannot be read: \(String(cString: strerror(errno)))."
            )
        }
    }

    /// How endpoints are reached.
    var transport: TransportConfiguration {
        TransportConfiguration(
            trust: authorities.map { .file($0) } ?? .system,
            // A connection for each request of each endpoint, so that none waits for another.
            maximumTransfers: max(1, endpoints.count * policy.concurrency),
            maximumIdleConnections: max(1, min(64, endpoints.count * policy.concurrency))
        )
    }
}
