import Attachments
import Imaging
import S3Protocol
import Synchronization
import Testing

/// How what happened reaches endpoints.
@Suite struct WebhookDispatcherTests {
    private let bench: WebhookBench
    private var fixture: Fixture { bench.fixture }
    private let all = WebhookBench.all

    init() throws {
        bench = try WebhookBench()
    }

    private func send(_ bench: WebhookBench? = nil) async throws -> Bool {
        try await (bench ?? self.bench).dispatcher().deliverNext(to: all)
    }

    @Test func `the body is what the API answers, in an envelope`() async throws {
        let record = try await bench.end()
        fixture.clock.advance(bySeconds: 60)
        #expect(try await send())
        let request = try #require(bench.transport.requests(to: all.url).first)
        let now = try #require(try await fixture.store.attachment(record.id))
        let document = try fixture.presenter.document(now, addresses: fixture.addresses)
        let id = try #require(request.headers["webhook-id"])
        let created = fixture.clock.now.advanced(bySeconds: -60).iso8601
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"id":"\#(id)","type":"attachment.processed","created":"\#(created)","data":\#(document.text)}"#
        )
        #expect(request.headers["webhook-timestamp"] == "\(fixture.clock.now.seconds)")
        #expect(request.headers["Content-Type"] == "application/json")
        #expect(request.headers["webhook-signature"]?.hasPrefix("v1,") == true)
        #expect(try await bench.deliveries(all).isEmpty)
        #expect(try await !send())
    }

    @Test func `an attachment is told of as it was, even when it has gone since`() async throws {
        let record = try await bench.end(failing: true)
        try await fixture.service.delete(record.id, client: fixture.client)
        #expect(try await send())
        let request = try #require(bench.transport.requests(to: all.url).first)
        let text = String(decoding: request.body, as: UTF8.self)
        #expect(text.contains(#""state":"failed","failure":{"error":"damaged","message":"It is torn."}"#))
    }

    @Test func `what is not taken is sent again under the same id, newly signed`() async throws {
        _ = try await bench.end()
        bench.transport.next(all.url, .status(500, retryAfter: nil), .failure(FailureReason("reset", "It broke.")))
        #expect(try await send())
        #expect(try await !send())
        let first = try #require(try await bench.deliveries(all).first)
        #expect(first.attempts == 1 && first.reason?.code == "http_500")
        #expect(first.notBefore == fixture.clock.now.advanced(bySeconds: 5))
        fixture.clock.advance(bySeconds: 5)
        #expect(try await send())
        #expect(try await bench.deliveries(all).map(\.reason?.code) == ["reset"])
        fixture.clock.advance(bySeconds: 10)
        #expect(try await send())
        let requests = bench.transport.requests(to: all.url)
        #expect(requests.count == 3)
        #expect(Set(requests.map { $0.headers["webhook-id"] }).count == 1)
        #expect(Set(requests.map { $0.headers["webhook-signature"] }).count == 3)
        #expect(try await bench.deliveries(all).isEmpty)
    }

    @Test func `what is never taken is dead, can be seen, retried and forgotten`() async throws {
        let bench = try WebhookBench { $0.maximumAttempts = 2 }
        _ = try await bench.end()
        bench.transport.next(all.url, .status(500, retryAfter: nil), .status(404, retryAfter: nil))
        #expect(try await send(bench))
        bench.fixture.clock.advance(bySeconds: 5)
        #expect(try await send(bench))
        let dead = try #require(try await bench.deliveries(all, .dead).first)
        #expect(dead.reason?.code == "http_404" && dead.attempts == 2 && dead.ended == bench.fixture.clock.now)
        #expect(try await bench.inventory.statuses().map { [$0.queued, $0.dead] } == [[0, 1], [0, 0]])

        var one = DeliveryFilter()
        one.ids = [dead.id]
        #expect(try await bench.inventory.retry(one) == 1)
        await #expect(throws: APIError.deliveryNotDead()) { try await bench.inventory.retry(one) }
        await #expect(throws: APIError.deliveryNotDead()) { try await bench.inventory.purge(one) }
        #expect(try await send(bench))
        #expect(try await bench.inventory.statuses().map { [$0.queued, $0.dead] } == [[0, 0], [0, 0]])
    }

    @Test func `an endpoint that is gone is switched off until it is enabled, or moves`() async throws {
        _ = try await bench.end()
        _ = try await bench.end(failing: true)
        bench.transport.next(all.url, .status(410, retryAfter: nil))
        #expect(try await send())
        #expect(try await bench.deliveries(all, .dead).map(\.reason?.code) == ["gone", "gone"])
        #expect(try await bench.deliveries(WebhookBench.failures).count == 1)
        _ = try await bench.end()
        #expect(try await bench.deliveries(all).isEmpty)
        #expect(try await bench.inventory.statuses().map { $0.disabled != nil } == [true, false])

        // The same address: it stays off.
        try await bench.store.prepareEndpoints([all, WebhookBench.failures], at: fixture.clock.now)
        _ = try await bench.end()
        #expect(try await bench.deliveries(all).isEmpty)
        try await bench.inventory.enable("all")
        await #expect(throws: APIError.endpointNotDisabled("all")) { try await bench.inventory.enable("all") }
        _ = try await bench.end()
        #expect(try await bench.deliveries(all).map(\.attachmentID) == [5])

        try await bench.store.disableEndpoint("all", url: all.url, FailureReason("gone", ""), at: fixture.clock.now)
        let moved = WebhookEndpoint(name: "all", url: "https://elsewhere.example/", secrets: all.secrets)
        try await bench.store.prepareEndpoints([moved, WebhookBench.failures], at: fixture.clock.now)
        _ = try await bench.end()
        #expect(try await bench.deliveries(all).map(\.attachmentID) == [6])
    }

    @Test func `what waits for an endpoint that is not there any more is dead`() async throws {
        _ = try await bench.end(failing: true)
        try await bench.store.prepareEndpoints([all], at: fixture.clock.now)
        #expect(try await bench.deliveries(WebhookBench.failures, .dead).map(\.reason?.code) == ["endpoint_unknown"])
        #expect(try await bench.deliveries(all).count == 1)
    }

    @Test func `what waits for too long is dead, and what has been dead for long is forgotten`() async throws {
        _ = try await bench.end()
        fixture.clock.advance(bySeconds: 259_200)
        try await bench.dispatcher().sweep()
        #expect(try await bench.deliveries(all).count == 1)
        fixture.clock.advance(bySeconds: 1)
        try await bench.dispatcher().sweep()
        #expect(try await bench.deliveries(all, .dead).map(\.reason?.code) == ["expired"])
        fixture.clock.advance(bySeconds: 2_592_000)
        try await bench.dispatcher().sweep()
        #expect(try await bench.deliveries(all, .dead).count == 1)
        fixture.clock.advance(bySeconds: 1)
        try await bench.dispatcher().sweep()
        #expect(try await bench.deliveries(all, .dead).isEmpty)
    }

    @Test func `an event that cannot be read is told of nowhere and keeps no other waiting`() async throws {
        let bench = try WebhookBench { $0.maximumAttempts = 1 }
        _ = try await bench.end()
        _ = try await bench.end()
        try bench.fixture.sql("UPDATE webhook_deliveries SET attachment = '{' WHERE id = 1")
        #expect(try await send(bench))
        #expect(try await send(bench))
        #expect(try await bench.deliveries(all, .dead).map(\.reason?.code) == ["damaged_event"])
        #expect(bench.transport.requests(to: all.url).count == 1)
    }

    @Test func `a running dispatcher is woken by events and by what waits, and a slow endpoint keeps no other waiting`()
        async throws
    {
        let (transport, failures) = (bench.transport, WebhookBench.failures)
        // Never answers, until the dispatcher ends.
        transport.before { request in
            if request.url == failures.url { try? await Task.sleep(for: .seconds(1000)) }
        }
        let run = Task { await bench.dispatcher().run() }
        for number in 1...20 { _ = try await bench.end(failing: number.isMultiple(of: 2)) }
        while try await !bench.deliveries(all).isEmpty { await Task.yield() }
        // No more at once than the policy says.
        while transport.requests(to: failures.url).count < 4 { await Task.yield() }
        run.cancel()
        await run.value
        #expect(transport.requests(to: failures.url).count == 4)
        // What was broken off is told of later.
        #expect(try await bench.deliveries(failures).count == 10)
        #expect(try await bench.deliveries(failures).allSatisfy { $0.attempts == 0 })
        #expect(Set(transport.requests(to: all.url).compactMap { $0.headers["webhook-id"] }).count == 20)
    }

    @Test func `an endpoint that fails gets one request at a time until it takes one`() async throws {
        let transport = bench.transport
        let inside = Mutex((now: 0, most: 0))
        transport.before { _ in
            inside.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            for _ in 0..<50 { await Task.yield() }
            inside.withLock { $0.now -= 1 }
        }
        func untilAllAreTried() async throws {
            while try await bench.deliveries(all).contains(where: { $0.attempts == 0 }) { await Task.yield() }
        }
        for _ in 0..<12 { transport.next(all.url, .status(503, retryAfter: "0")) }
        let run = Task { await bench.dispatcher([all]).run() }
        for _ in 0..<6 { _ = try await bench.end() }
        try await untilAllAreTried()
        inside.withLock { $0.most = 0 }
        for _ in 0..<6 { _ = try await bench.end() }
        try await untilAllAreTried()
        #expect(inside.withLock { $0.most } == 1)
        #expect(transport.requests(to: all.url).count == 12)
        run.cancel()
        await run.value
    }
}
