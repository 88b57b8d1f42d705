import ObjectStorage
package import S3Protocol

/// Endpoints and deliveries as an operator sees them: listed, tried again, forgotten, switched on.
package struct WebhookInventory: Sendable {
    /// The most deliveries that one list has.
    package static let longestList = 10_000

    private let store: any DeliveryStore
    private let endpoints: [WebhookEndpoint]
    private let outbox: WebhookOutbox
    private let clock: @Sendable () -> Timestamp

    /// The deliveries of a store to these endpoints, and to those that it knows of.
    package init(
        store: any DeliveryStore,
        endpoints: [WebhookEndpoint],
        outbox: WebhookOutbox,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.endpoints = endpoints
        self.outbox = outbox
        self.clock = clock
    }

    /// The time by which ages are told.
    package var now: Timestamp { clock() }

    /// How the endpoints are, those of the configuration first.
    package func statuses() async throws -> [WebhookEndpointStatus] {
        let known = try await store.endpointStatuses()
        let configured = endpoints.map { endpoint in
            known.first { ByteText.equal($0.name, endpoint.name) } ?? WebhookEndpointStatus(name: endpoint.name)
        }
        let others = known.filter { one in !endpoints.contains { ByteText.equal($0.name, one.name) } }
        return configured + others
    }

    /// Where an endpoint of the configuration is.
    package func url(of name: String) -> String? {
        endpoints.first { ByteText.equal($0.name, name) }?.url
    }

    /// Deliveries with a higher id, by id.
    package func list(_ filter: DeliveryFilter, after id: Int64, limit: Int) async throws -> [WebhookDelivery] {
        try await store.deliveries(filter, after: id, limit: min(max(limit, 1), Self.longestList))
    }

    /// Queues dead deliveries again as if they were new; gives how many.
    ///
    /// - Throws: 409 when some are named and none of them is dead.
    package func retry(_ filter: DeliveryFilter) async throws -> Int {
        let count = try await Batches.repeated { try await store.retryDeliveries(filter, at: clock(), limit: $0) }
        try check(count, filter)
        outbox.bell.ring(.only)
        return count
    }

    /// Forgets dead deliveries; gives how many.
    ///
    /// - Throws: 409 when some are named and none of them is dead.
    package func purge(_ filter: DeliveryFilter) async throws -> Int {
        let count = try await Batches.repeated { try await store.purgeDeliveries(filter, limit: $0) }
        try check(count, filter)
        return count
    }

    /// Switches an endpoint on again that had answered 410.
    ///
    /// - Throws: 409 when it is not off.
    package func enable(_ name: String) async throws {
        guard try await store.enableEndpoint(name) else { throw APIError.endpointNotDisabled(name) }
    }

    private func check(_ count: Int, _ filter: DeliveryFilter) throws {
        guard count > 0 || filter.ids == nil else { throw APIError.deliveryNotDead() }
    }
}
