import S3Protocol

/// What an endpoint's answer means for a delivery; pure.
enum DeliveryVerdict: Equatable, Sendable {
    /// It was taken.
    case delivered
    /// Again at that time.
    case again(at: Timestamp, FailureReason)
    /// Never again by itself.
    case dead(FailureReason)
    /// The endpoint wants nothing more at all.
    case gone(FailureReason)

    /// The longest wait that an endpoint can ask for, in seconds.
    static let longestWait: Int64 = 86_400

    /// The verdict on the next try of a delivery, which ended now.
    init(
        _ answer: WebhookAnswer,
        to delivery: WebhookDelivery,
        policy: WebhookPolicy,
        jitter: Double,
        at now: Timestamp
    ) {
        switch answer {
        case .status(200..<300, _): self = .delivered
        case .status(410, _): self = .gone(FailureReason("gone", "It answered 410 Gone and was switched off."))
        case .status(let status, let retryAfter):
            let wait = retryAfter.flatMap { Self.wait($0, at: now) } ?? 0
            self = Self.failed(Self.reason(status), delivery, policy, jitter, wait: wait, at: now)
        case .failure(let reason): self = Self.failed(reason, delivery, policy, jitter, wait: 0, at: now)
        }
    }

    private static func failed(
        _ reason: FailureReason,
        _ delivery: WebhookDelivery,
        _ policy: WebhookPolicy,
        _ jitter: Double,
        wait: Int64,
        at now: Timestamp
    ) -> DeliveryVerdict {
        let attempts = delivery.attempts + 1
        guard attempts < policy.maximumAttempts else { return .dead(reason) }
        let delay = policy.delay(afterAttempts: attempts, jitter: jitter)
        let time = max(Timestamp(nanoseconds: now.nanoseconds + delay), now.advanced(bySeconds: wait))
        guard time <= delivery.queued.advanced(bySeconds: policy.maximumAge) else { return .dead(reason) }
        return .again(at: time, reason)
    }

    private static func reason(_ status: Int) -> FailureReason {
        let hint = (300..<400).contains(status) ? "; redirects are not followed, so give its final address" : ""
        return FailureReason("http_\(status)", "It answered \(status)\(hint).")
    }

    /// The seconds of a `Retry-After`: a number, or a date (RFC 9110 section 10.2.3); nil for any other text.
    static func wait(_ header: String, at now: Timestamp) -> Int64? {
        let text = ByteText.trimmed(header)
        if (1...18).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return Int64(text).map { min($0, longestWait) }
        }
        guard let date = Timestamp(httpDate: text) else { return nil }
        return min(max(0, date.seconds - now.seconds), longestWait)
    }
}
