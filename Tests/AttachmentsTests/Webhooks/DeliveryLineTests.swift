import Testing

@testable import Attachments

@Suite("What is under way to an endpoint") struct DeliveryLineTests {
    private static func line() -> DeliveryLine {
        DeliveryLine(WebhookBench.all)
    }

    @Test func `a delivery is taken once at a time`() {
        let line = Self.line()
        let look = line.look()
        #expect(line.take(1, after: look) == .taken)
        #expect(line.take(1, after: look) == .underWay)
        #expect(line.take(2, after: look) == .taken)
    }

    @Test func `what was found before a delivery ended is not taken`() {
        let line = Self.line()
        let (early, other) = (line.look(), line.look())
        #expect(line.take(1, after: early) == .taken)
        line.release(1)
        // The other lane read the records before the first one had ended it there.
        #expect(line.take(1, after: other) == .outdated)
        #expect(line.take(1, after: line.look()) == .taken)
    }
}
