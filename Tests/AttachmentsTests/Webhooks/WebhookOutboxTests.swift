import Attachments
import Imaging
import S3Protocol
import Testing

/// What is kept to be told, and when.
@Suite struct WebhookOutboxTests {
    private let bench: WebhookBench
    private var fixture: Fixture { bench.fixture }

    init() throws {
        bench = try WebhookBench()
    }

    private func types(_ endpoint: WebhookEndpoint) async throws -> [WebhookEventType] {
        try await bench.deliveries(endpoint).map(\.type)
    }

    @Test func `each endpoint is told of what it asked for, with one id for all`() async throws {
        _ = try await bench.end()
        _ = try await bench.end(failing: true)
        #expect(try await types(WebhookBench.all) == [.processed, .failed])
        #expect(try await types(WebhookBench.failures) == [.failed])
        let (all, failures) = (
            try await bench.deliveries(WebhookBench.all), try await bench.deliveries(WebhookBench.failures)
        )
        #expect(all[1].eventID == failures[0].eventID && all[0].eventID != all[1].eventID)
        #expect(all.allSatisfy { $0.eventID.hasPrefix("evt_") && $0.eventID.utf8.count == 36 })
    }

    @Test func `nothing is told while styles are pending, and nothing twice`() async throws {
        _ = try await fixture.attach()
        fixture.renderer.next(failure: .crashed)
        #expect(try await fixture.queue.runNext())
        fixture.renderer.next(.error(workerMissing))
        fixture.clock.advance(bySeconds: 5)
        #expect(try await fixture.queue.runNext())
        #expect(try await types(WebhookBench.all).isEmpty)
        fixture.clock.advance(bySeconds: 100)
        #expect(try await fixture.queue.runNext())
        #expect(try await types(WebhookBench.all) == [.processed])
        _ = try await fixture.service.get(1, client: fixture.client)
        #expect(try await types(WebhookBench.all) == [.processed])
    }

    @Test func `what needs no styles is told of when it is claimed, once`() async throws {
        let key = try await fixture.upload("notes.txt", type: "text/plain")
        for _ in 0..<3 { _ = try await fixture.service.create(key: key, client: fixture.client) }
        #expect(try await types(WebhookBench.all) == [.processed])
    }

    @Test func `an object that is put in the place of another is told of again`() async throws {
        let record = try await bench.end()
        try await fixture.objects.put(record.object.key.string, in: uploads, "new", type: "image/jpeg")
        _ = try await fixture.service.get(1, client: fixture.client)
        #expect(try await types(WebhookBench.all) == [.processed])
        #expect(try await fixture.queue.runNext())
        #expect(try await types(WebhookBench.all) == [.processed, .processed])
        try await fixture.objects.put(record.object.key.string, in: uploads, "text", type: "text/plain")
        _ = try await fixture.service.get(1, client: fixture.client)
        #expect(try await types(WebhookBench.all) == [.processed, .processed, .processed])
    }

    @Test func `a result that came too late is not told of`() async throws {
        let record = try await fixture.attach()
        fixture.renderer.before { try! await fixture.service.delete(record.id, client: fixture.client) }
        #expect(try await fixture.queue.runNext())
        #expect(try await types(WebhookBench.all).isEmpty)
    }

    @Test func `an endpoint for which too many wait is told no more, and an operator sees it`() async throws {
        let bench = try WebhookBench { $0.maximumQueued = 2 }
        for _ in 0..<3 { _ = try await bench.end() }
        #expect(try await bench.deliveries(WebhookBench.all).map(\.attachmentID) == [1, 2])
        let dead = try await bench.deliveries(WebhookBench.all, .dead)
        #expect(dead.map(\.attachmentID) == [3] && dead.map(\.reason?.code) == ["outbox_full"])
        // Its attachment is done all the same.
        #expect(try await bench.store.attachment(3)?.state == .done)
        #expect(try await bench.dispatcher().deliverNext(to: WebhookBench.all))
        _ = try await bench.end()
        #expect(try await bench.deliveries(WebhookBench.all).map(\.attachmentID) == [2, 4])
    }

    @Test func `without endpoints nothing is kept`() async throws {
        let fixture = try Fixture()
        _ = try await fixture.attach()
        #expect(try await fixture.queue.runNext())
        #expect(try await fixture.store.deliveries(DeliveryFilter(), after: 0, limit: 10).isEmpty)
    }
}
