import RemoteS3
import Testing

@testable import Mirror

@Suite("The pace of transfers") struct PaceTests {
    @Test func `a second's bytes come at once, and what is more waits`() {
        let start = ContinuousClock.now
        var bucket = TokenBucket(bytesPerSecond: 1_000, at: start)
        #expect(bucket.take(1_000, at: start) == .zero)
        #expect(bucket.take(500, at: start) == .milliseconds(500))
        #expect(bucket.take(500, at: start) == .seconds(1))
        #expect(bucket.take(0, at: start + .seconds(1)) == .zero)
        // What was not used for long comes to a second's bytes, not to more.
        #expect(bucket.take(1_000, at: start + .seconds(60)) == .zero)
        #expect(bucket.take(1_000, at: start + .seconds(60)) == .seconds(1))
    }

    @Test func `a remote that fails is left alone for longer and longer, and one key looks after it`() {
        let start = ContinuousClock.now
        var rest = RemoteRest(RetryPolicy(pause: .seconds(1), maximumPause: .seconds(4)))
        #expect(rest.wait(at: start) == nil)
        for (number, pause) in [1, 2, 4, 4].enumerated() {
            let now = start + .seconds(number * 10)
            rest.begin()
            #expect(number == 0 || rest.wait(at: now) == now + .seconds(4), "others wait for the probe")
            rest.fail(at: now, random: 1)
            #expect(rest.wait(at: now) == now + .seconds(pause))
            #expect(rest.wait(at: now + .seconds(pause)) == nil)
        }
        rest.succeed()
        #expect(rest.wait(at: start) == nil)
    }

    @Test func `those that failed together count as one failure`() {
        let start = ContinuousClock.now
        var rest = RemoteRest(RetryPolicy(pause: .seconds(1), maximumPause: .seconds(300)))
        for _ in 0..<8 { rest.fail(at: start, random: 1) }
        #expect(rest.wait(at: start) == start + .seconds(1))
    }
}
