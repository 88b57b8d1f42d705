package import S3Protocol

/// The events that wait to be told.
///
/// Each method is one transaction, durable when it returns, and blocks no thread of its caller.
package protocol DeliveryStore: Sendable {
    /// Makes ready for these endpoints: one with another address is switched on again, and what waits for an endpoint that is
    /// not among them is dead.
    func prepareEndpoints(_ endpoints: [WebhookEndpoint], at now: Timestamp) async throws
    /// What waits for an endpoint, the next first.
    func nextDeliveries(to endpoint: String, limit: Int) async throws -> [WebhookDelivery]
    /// Forgets what has arrived.
    func deleteDelivery(_ id: Int64) async throws
    /// Keeps a try that did not succeed: again at that time, or dead now.
    func setBackDelivery(_ id: Int64, at time: Timestamp, _ reason: FailureReason, isDead: Bool) async throws
    /// Switches an endpoint off; what waits for it is dead with this reason.
    func disableEndpoint(_ name: String, url: String, _ reason: FailureReason, at now: Timestamp) async throws
    /// Switches an endpoint on again; false when it was not off.
    func enableEndpoint(_ name: String) async throws -> Bool
    /// Gives up what waits since before a time; gives how many.
    func expireDeliveries(queuedBefore time: Timestamp, at now: Timestamp, limit: Int) async throws -> Int
    /// Deliveries with a higher id, by id.
    func deliveries(_ filter: DeliveryFilter, after id: Int64, limit: Int) async throws -> [WebhookDelivery]
    /// Queues so many dead deliveries again; gives how many there were.
    func retryDeliveries(_ filter: DeliveryFilter, at now: Timestamp, limit: Int) async throws -> Int
    /// Forgets so many dead deliveries; gives how many there were.
    func purgeDeliveries(_ filter: DeliveryFilter, limit: Int) async throws -> Int
    /// How each endpoint is of which something is known, by name.
    func endpointStatuses() async throws -> [WebhookEndpointStatus]
}

/// Which deliveries an operator means; what is not given does not restrict.
package struct DeliveryFilter: Sendable, Equatable {
    /// These only.
    package var ids: [Int64]?
    /// In this state.
    package var state: WebhookDelivery.State?
    /// To this endpoint.
    package var endpoint: String?
    /// With this reason.
    package var reason: String?
    /// Dead since before then.
    package var endedBefore: Timestamp?

    /// All deliveries.
    package init() {}
}

/// How an endpoint is.
package struct WebhookEndpointStatus: Sendable, Equatable {
    /// Its name.
    package let name: String
    /// How many deliveries wait for it.
    package var queued = 0
    /// How many were given up.
    package var dead = 0
    /// Since when the oldest waits.
    package var oldest: Timestamp?
    /// When it was switched off.
    package var disabled: Timestamp?

    /// An endpoint that nothing is known of.
    package init(name: String) {
        self.name = name
    }
}
