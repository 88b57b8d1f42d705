import Attachments
import S3Protocol

/// `/webhooks`: endpoints, and what is told to them.
struct WebhookActions: Sendable {
    let webhooks: WebhookInventory

    func perform(_ method: String, _ name: String?, body: JSONBody) async throws -> JSONValue {
        switch (method, name) {
        case ("POST", "list"): return try await list(body)
        case ("POST", "retry"):
            return .object([.init("retried", .number("\(try await webhooks.retry(chosen(body)))"))])
        case ("POST", "purge"):
            return .object([.init("purged", .number("\(try await webhooks.purge(chosen(body)))"))])
        case ("POST", "enable"):
            let name = try body.text("endpoint")
            try await webhooks.enable(name)
            return .object([.init("enabled", .string(name))])
        default: throw APIError.routeNotFound()
        }
    }

    private func list(_ body: JSONBody) async throws -> JSONValue {
        let limit = body.integer("limit") ?? 100
        guard (1...Int64(WebhookInventory.longestList)).contains(limit) else {
            throw APIError(status: 422, .init("bad_limit", "limit is 1 to \(WebhookInventory.longestList)."))
        }
        let found = try await webhooks.list(
            try DeliveryFilter(body, webhooks),
            after: body.integer("after") ?? 0,
            limit: Int(limit)
        )
        return .object([
            .init("endpoints", .array(try await webhooks.statuses().map(json))),
            .init("deliveries", .array(found.map(Self.json))),
        ])
    }

    // One who names nothing would else change everything by mistake.
    private func chosen(_ body: JSONBody) throws -> DeliveryFilter {
        let filter = try DeliveryFilter(body, webhooks)
        let isNarrow = filter.ids != nil || filter.endpoint != nil || filter.reason != nil || filter.endedBefore != nil
        guard isNarrow || body.flag("all") else {
            throw APIError(
                status: 422,
                .init("nothing_chosen", "Name deliveries by their ids, or choose them, or all of them.")
            )
        }
        return filter
    }

    private func json(_ status: WebhookEndpointStatus) -> JSONValue {
        .object([
            .init("name", .string(status.name)),
            .init("url", .optional(webhooks.url(of: status.name))),
            .init("queued", .number("\(status.queued)")),
            .init("dead", .number("\(status.dead)")),
            .init("oldest_seconds", .optional(status.oldest.map { max(0, webhooks.now.seconds - $0.seconds) })),
            .init("disabled", status.disabled.map { .string($0.iso8601) } ?? .null),
        ])
    }

    private static func json(_ delivery: WebhookDelivery) -> JSONValue {
        .object([
            .init("id", .number("\(delivery.id)")),
            .init("event", .string(delivery.eventID)),
            .init("type", .string(delivery.type.rawValue)),
            .init("attachment", .number("\(delivery.attachmentID)")),
            .init("endpoint", .string(delivery.endpoint)),
            .init("state", .string(delivery.state.rawValue)),
            .init("attempts", .number("\(delivery.attempts)")),
            .init("created", .string(delivery.created.iso8601)),
            .init("not_before", .string(delivery.notBefore.iso8601)),
            .init("ended", delivery.ended.map { .string($0.iso8601) } ?? .null),
            .init("reason", delivery.reason?.json ?? .null),
        ])
    }
}

extension DeliveryFilter {
    /// What a command asks for.
    fileprivate init(_ body: JSONBody, _ webhooks: WebhookInventory) throws {
        self.init()
        if let name = body["state"]?.string {
            guard let state = WebhookDelivery.State(rawValue: name) else {
                throw APIError(status: 422, .init("bad_state", "A delivery is queued or dead; '\(name)' is neither."))
            }
            self.state = state
        }
        ids = body.integers("ids")
        endpoint = body["endpoint"]?.string
        reason = body["reason"]?.string
        endedBefore = body.integer("older_than_seconds").map { webhooks.now.advanced(bySeconds: -max(0, $0)) }
    }
}
