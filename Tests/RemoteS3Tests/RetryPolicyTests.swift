import HTTPTransport
import RemoteS3
import Testing

@Suite("Retries") struct RetryPolicyTests {
    private let policy = RetryPolicy(attempts: 3, pause: .seconds(1), maximumPause: .seconds(3))

    private func pause(
        _ outcome: RetryPolicy.Outcome,
        attempt: Int = 1,
        hasBody: Bool = true,
        isIdempotent: Bool = true
    ) -> Duration? {
        let request = RetryPolicy.Repeatability(hasBody: hasBody, isIdempotent: isIdempotent)
        return policy.pause(after: outcome, attempt: attempt, request, random: 1)
    }

    private func answer(_ status: Int) -> RetryPolicy.Outcome { .answer(status: status, retryAfter: nil) }
    private func failure(_ code: TransportError.Code) -> RetryPolicy.Outcome { .failure(TransportError(code, "")) }

    @Test(arguments: [200, 304, 400, 403, 404, 409, 412, 501, 507]) func `an answer that stands is not asked for again`(
        status: Int
    ) {
        #expect(pause(answer(status)) == nil)
    }

    @Test(arguments: [(500, false), (502, false), (504, false), (503, true), (429, true)])
    func `a passing failure is; of what may be done once only, what was refused`(status: Int, isRefusal: Bool) {
        #expect(pause(answer(status)) == .seconds(1))
        #expect((pause(answer(status), isIdempotent: false) != nil) == isRefusal)
        #expect(pause(answer(status), hasBody: false) == nil)
    }

    @Test(arguments: [
        (TransportError.Code.connect, true, true), (.resolve, true, true), (.reset, true, false),
        (.partialBody, true, false), (.tls, false, false), (.firstByteTimeout, false, false),
        (.connectTimeout, false, false), (.stallTimeout, false, false), (.busy, false, false), (.closed, false, false),
    ])
    func `a broken transfer is sent again when that may help and does no harm`(
        code: TransportError.Code,
        once: Bool,
        evenIfNotIdempotent: Bool
    ) {
        #expect((pause(failure(code)) != nil) == once)
        #expect((pause(failure(code), isIdempotent: false) != nil) == evenIfNotIdempotent)
    }

    @Test func `pauses double up to the limit, have jitter, and end with the attempts`() {
        let five = RetryPolicy(attempts: 5, pause: .seconds(1), maximumPause: .seconds(3))
        let request = RetryPolicy.Repeatability(hasBody: true, isIdempotent: true)
        let pauses = (1...5).map { five.pause(after: answer(503), attempt: $0, request, random: 1) }
        #expect(pauses == [.seconds(1), .seconds(2), .seconds(3), .seconds(3), nil])
        #expect(five.pause(after: answer(503), attempt: 2, request, random: 0.25) == .milliseconds(500))
    }

    @Test func `the remote may say when to come back, within the limit`() {
        #expect(pause(.answer(status: 503, retryAfter: 2)) == .seconds(2))
        #expect(pause(.answer(status: 503, retryAfter: 3600)) == .seconds(3))
    }
}
