/// How persistently events are told, and within which bounds.
package struct WebhookPolicy: Sendable, Equatable {
    /// The seconds that an endpoint may take for its whole answer.
    package var timeout: Int64 = 15
    /// How many requests an endpoint gets at once; one while it does not take any.
    package var concurrency = 4
    /// How often a delivery is sent before it is dead.
    package var maximumAttempts = 100
    /// The seconds after which a delivery that is not taken is dead.
    package var maximumAge: Int64 = 259_200
    /// How many deliveries may wait for one endpoint; further ones are dead at once.
    package var maximumQueued = 100_000
    /// The seconds for which dead deliveries are kept.
    package var deadAge: Int64 = 2_592_000
    /// The seconds before the second try; each further one waits twice as long.
    package var firstDelay: Int64 = 5
    /// The longest wait in seconds.
    package var longestDelay: Int64 = 3_600

    /// The policy of a fresh installation.
    package init() {}

    /// The nanoseconds to wait after so many tries.
    func delay(afterAttempts attempts: Int, jitter: Double) -> Int64 {
        var retries = RetryPolicy()
        retries.firstDelay = firstDelay
        retries.longestDelay = longestDelay
        return retries.delay(afterAttempts: attempts, jitter: jitter)
    }
}
