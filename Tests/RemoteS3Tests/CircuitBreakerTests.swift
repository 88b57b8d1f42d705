import RemoteS3
import Testing

@Suite("Circuit breakers") struct CircuitBreakerTests {
    private let start = ContinuousClock.now
    private let limits = CircuitBreaker.Limits(failures: 3, pause: .seconds(2), maximumPause: .seconds(5))

    private func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker(limits)
        for _ in 0..<3 { breaker.fail(at: start) }
        return breaker
    }

    @Test func `it opens at the last failure in a row, not before`() {
        var breaker = CircuitBreaker(limits)
        for _ in 0..<2 { breaker.fail(at: start) }
        #expect(!breaker.isOpen && breaker.admit(at: start) == .pass)
        breaker.succeed()
        for _ in 0..<2 { breaker.fail(at: start) }
        #expect(!breaker.isOpen)
        breaker.fail(at: start)
        #expect(breaker.isOpen && breaker.admit(at: start) == .refuse(.seconds(2)))
    }

    @Test func `after the pause one goes as a probe and the others wait for it`() {
        var breaker = opened()
        #expect(breaker.admit(at: start + .seconds(1)) == .refuse(.seconds(1)))
        #expect(breaker.admit(at: start + .seconds(2)) == .probe)
        #expect(breaker.admit(at: start + .seconds(2)) == .refuse(.seconds(2)))
        breaker.succeed()
        #expect(breaker.admit(at: start + .seconds(2)) == .pass)
    }

    @Test func `each probe that fails makes the pause twice as long, up to the limit`() {
        var breaker = opened()
        var now = start + .seconds(2)
        for pause in [4, 5, 5] {
            #expect(breaker.admit(at: now) == .probe)
            breaker.fail(at: now)
            #expect(breaker.admit(at: now) == .refuse(.seconds(pause)))
            now += .seconds(pause)
        }
    }

    @Test func `a probe that nobody heard of again does not keep it open for ever`() {
        var breaker = opened()
        #expect(breaker.admit(at: start + .seconds(2)) == .probe)
        #expect(breaker.admit(at: start + .seconds(7) - .nanoseconds(1)) == .refuse(.seconds(2)))
        #expect(breaker.admit(at: start + .seconds(7)) == .probe)
    }
}
