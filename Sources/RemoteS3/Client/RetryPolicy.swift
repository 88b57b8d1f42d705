package import HTTPTransport

/// Which requests are sent again, and after what pause: pure.
package struct RetryPolicy: Hashable, Sendable {
    /// How often a request is sent at most.
    package var attempts: Int
    /// The most that is waited before the second attempt; twice as long before each further one.
    package var pause: Duration
    /// The most that is waited before any.
    package var maximumPause: Duration

    /// A policy of these numbers.
    package init(attempts: Int = 3, pause: Duration = .milliseconds(100), maximumPause: Duration = .seconds(5)) {
        self.attempts = attempts
        self.pause = pause
        self.maximumPause = maximumPause
    }

    /// What a request came to.
    package enum Outcome: Sendable {
        /// The remote answered with this status; some say when to come back.
        case answer(status: Int, retryAfter: Int?)
        /// Nothing, or not all, came over the network.
        case failure(TransportError)
    }

    /// What may be done to a request again.
    package struct Repeatability: Sendable {
        /// The body can be sent once more: there is none, it is all here, or none of it was read.
        package var hasBody: Bool
        /// Sending it twice does the same as sending it once.
        package var isIdempotent: Bool

        /// Of these answers.
        package init(hasBody: Bool, isIdempotent: Bool) {
            self.hasBody = hasBody
            self.isIdempotent = isIdempotent
        }
    }

    /// How long to wait before the request is sent again; nil when it is not.
    ///
    /// - Parameters:
    ///   - attempt: How often it was sent.
    ///   - random: A number from 0 to 1: full jitter, so that those who failed together do not come back together.
    package func pause(
        after outcome: Outcome,
        attempt: Int,
        _ request: Repeatability,
        random: Double
    ) -> Duration? {
        guard attempt < attempts, request.hasBody else { return nil }
        switch outcome {
        case .answer(let status, let retryAfter):
            // The remote says that it did nothing, or that it may have failed halfway.
            let isRefusal = status == 429 || status == 503
            guard isRefusal || request.isIdempotent && [500, 502, 504].contains(status) else { return nil }
            if let retryAfter { return min(.seconds(retryAfter), maximumPause) }
        case .failure(let error):
            guard error.isUnsent || request.isIdempotent, Self.isPassing(error) else { return nil }
        }
        return longestPause(afterAttempts: attempt) * min(max(random, 0), 1)
    }

    /// The most that is waited after so many attempts.
    package func longestPause(afterAttempts attempts: Int) -> Duration {
        min(pause * (1 << min(max(attempts - 1, 0), 16)), maximumPause)
    }

    /// Whether the same request may fare better in a moment.
    ///
    /// Whoever waited for a timeout does not wait for another.
    private static func isPassing(_ error: TransportError) -> Bool {
        switch error.code {
        case .connect, .reset, .resolve, .partialBody: true
        default: false
        }
    }
}
