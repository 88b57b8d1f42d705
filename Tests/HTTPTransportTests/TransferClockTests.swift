import Testing

@testable import HTTPTransport

@Suite("Clocks of transfers") struct TransferClockTests {
    private let start = ContinuousClock.now
    private let timeouts = TransportTimeouts(
        connect: .seconds(1),
        firstByte: .seconds(2),
        stall: .seconds(3),
        total: .seconds(100)
    )

    @Test(arguments: [
        (TransferClock.Phase.connecting, 1, TransportError.Code.connectTimeout), (.sending, 3, .stallTimeout),
        (.awaitingHead, 2, .firstByteTimeout), (.receiving, 3, .stallTimeout),
    ])
    func `each phase has its timeout`(phase: TransferClock.Phase, seconds: Int, code: TransportError.Code) {
        var clock = TransferClock(timeouts, at: start)
        clock.progress(to: phase, at: start)
        #expect(clock.failure(at: start + .seconds(seconds) - .nanoseconds(1)) == nil)
        #expect(clock.failure(at: start + .seconds(seconds))?.code == code)
    }

    @Test func `progress begins anew`() {
        var clock = TransferClock(timeouts, at: start)
        for second in 1..<20 {
            clock.progress(to: .receiving, at: start + .seconds(second * 2))
            #expect(clock.failure(at: start + .seconds(second * 2 + 2)) == nil)
        }
    }

    @Test func `time in which this side holds a transfer up is not the other's`() {
        var clock = TransferClock(timeouts, at: start)
        clock.progress(to: .receiving, at: start)
        clock.hold()
        #expect(clock.failure(at: start + .seconds(50)) == nil)
        clock.release(at: start + .seconds(50))
        #expect(clock.failure(at: start + .seconds(52)) == nil)
        #expect(clock.failure(at: start + .seconds(53))?.code == .stallTimeout)
    }

    @Test func `the whole has a limit, whoever holds it up`() {
        var clock = TransferClock(timeouts, at: start)
        clock.progress(to: .receiving, at: start + .seconds(99))
        clock.hold()
        #expect(clock.failure(at: start + .seconds(99)) == nil)
        #expect(clock.failure(at: start + .seconds(100))?.code == .totalTimeout)
    }
}
