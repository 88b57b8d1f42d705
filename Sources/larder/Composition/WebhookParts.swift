import Attachments
import Gateway
import HTTPTransport
import Logging

/// Everything that tells webhooks.
struct WebhookParts: Sendable {
    let endpoints: [WebhookEndpoint]
    let outbox: WebhookOutbox
    private let policy: WebhookPolicy
    /// None while nobody is told anything: libcurl costs memory.
    private let transport: HTTPTransport?

    /// Parts of these settings; to be shut down.
    init(_ settings: WebhookSettings) throws {
        endpoints = settings.endpoints
        policy = settings.policy
        outbox = WebhookOutbox(settings.endpoints, policy: settings.policy)
        transport =
            settings.endpoints.isEmpty ? nil : try HTTPTransport(settings.transport, name: "larder-webhooks")
    }

    /// What tells the endpoints; attachments are as `document` writes them.
    func dispatcher(
        _ records: SQLiteRecordStore,
        logger: Logger,
        document: @escaping @Sendable (AttachmentRecord) throws -> AttachmentDocument
    ) -> WebhookDispatcher {
        WebhookDispatcher(
            endpoints: endpoints,
            policy: policy,
            store: records,
            transport: CurlWebhookTransport(transport),
            outbox: outbox,
            document: document,
            logger: logger,
            clock: System.now
        )
    }

    /// What operators see of it.
    func inventory(_ records: SQLiteRecordStore) -> WebhookInventory {
        WebhookInventory(store: records, endpoints: endpoints, outbox: outbox, clock: System.now)
    }

    /// Ends all requests.
    func shutdown() async {
        await transport?.shutdown()
    }
}
