import Attachments
import Imaging
import S3Protocol
import Synchronization

/// Endpoints that answer as told.
final class FakeTransport: WebhookTransport {
    struct Request: Sendable {
        let body: [UInt8]
        let headers: [String: String]
        let url: String
    }

    struct State {
        var requests: [Request] = []
        var answers: [String: [WebhookAnswer]] = [:]
        var gate: (@Sendable (Request) async -> Void)?
    }

    let state = Mutex(State())

    /// The next answers of an address; 204 without a word.
    func next(_ url: String, _ answers: WebhookAnswer...) {
        state.withLock { $0.answers[url, default: []] += answers }
    }

    func before(_ gate: @escaping @Sendable (Request) async -> Void) {
        state.withLock { $0.gate = gate }
    }

    func requests(to url: String) -> [Request] {
        state.withLock { $0.requests.filter { $0.url == url } }
    }

    func post(
        _ body: [UInt8],
        headers: [(name: String, value: String)],
        to url: String,
        timeout: Int64
    ) async -> WebhookAnswer {
        let request = Request(body: body, headers: Dictionary(headers) { first, _ in first }, url: url)
        let (answer, gate) = state.withLock { state in
            state.requests.append(request)
            let answer = state.answers[url, default: []].isEmpty ? nil : state.answers[url]?.removeFirst()
            return (answer ?? .status(204, retryAfter: nil), state.gate)
        }
        await gate?(request)
        return answer
    }
}

/// Attachments whose endings are told to two endpoints.
struct WebhookBench {
    static let secret = WebhookSecret("whsec_" + String(repeating: "QUFB", count: 8))!
    static let all = WebhookEndpoint(name: "all", url: "https://all.example/", secrets: [secret])
    static let failures = WebhookEndpoint(
        name: "failures",
        url: "https://failures.example/",
        secrets: [secret],
        events: [.failed]
    )

    let fixture: Fixture
    let transport = FakeTransport()
    let outbox: WebhookOutbox
    let policy: WebhookPolicy

    init(_ change: (inout WebhookPolicy) -> Void = { _ in }) throws {
        var policy = WebhookPolicy()
        change(&policy)
        self.policy = policy
        outbox = WebhookOutbox([Self.all, Self.failures], policy: policy)
        fixture = try Fixture(outbox: outbox)
    }

    var store: SQLiteRecordStore { fixture.store }

    func dispatcher(_ endpoints: [WebhookEndpoint] = [all, failures]) -> WebhookDispatcher {
        let (presenter, addresses) = (fixture.presenter, fixture.addresses)
        return WebhookDispatcher(
            endpoints: endpoints,
            policy: policy,
            store: store,
            transport: transport,
            outbox: outbox,
            document: { try presenter.document($0, addresses: addresses) },
            logger: fixture.logger,
            clock: fixture.now,
            sleep: sleepForEver,
            jitter: { 0.5 }
        )
    }

    var inventory: WebhookInventory {
        WebhookInventory(store: store, endpoints: [Self.all, Self.failures], outbox: outbox, clock: fixture.now)
    }

    /// An attachment whose styles are made, or are not.
    func end(failing: Bool = false) async throws -> AttachmentRecord {
        let record = try await fixture.attach()
        if failing { fixture.renderer.next(failure: .damaged, "It is torn.") }
        _ = try await fixture.queue.runNext()
        return record
    }

    func deliveries(
        _ endpoint: WebhookEndpoint,
        _ state: WebhookDelivery.State = .queued
    ) async throws -> [WebhookDelivery] {
        var filter = DeliveryFilter()
        (filter.endpoint, filter.state) = (endpoint.name, state)
        return try await store.deliveries(filter, after: 0, limit: 100)
    }
}
