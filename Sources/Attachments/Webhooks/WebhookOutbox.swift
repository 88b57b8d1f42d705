import ObjectStorage

/// Who is told what, as the records need to know it: events are kept in the transaction of what they tell.
package struct WebhookOutbox: Sendable {
    /// The endpoints by their names, and what each is told.
    let subscriptions: [(name: String, events: Set<WebhookEventType>)]
    /// How many deliveries may wait for one endpoint.
    let maximumQueued: Int
    /// Rung when there is something to deliver.
    let bell = Bell<AttachmentSignals.Unit>()
    /// What has arrived since the start.
    let tally = DeliveryTally()

    /// How many deliveries have arrived since the start.
    package var deliveredCount: Int { tally.number }

    /// Nobody is told anything.
    package static var none: WebhookOutbox { WebhookOutbox([], policy: WebhookPolicy()) }

    /// An outbox for these endpoints.
    package init(_ endpoints: [WebhookEndpoint], policy: WebhookPolicy) {
        subscriptions = endpoints.map { ($0.name, $0.events) }
        maximumQueued = policy.maximumQueued
    }
}
