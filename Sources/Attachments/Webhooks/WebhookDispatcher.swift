package import Logging
import ObjectStorage
package import S3Protocol

/// Tells endpoints what happened to attachments, from the durable outbox.
///
/// At least once: a delivery is forgotten when the endpoint has taken it, so one that was under way at the end of the process
/// is sent again by the next. Each endpoint has requests of its own, so a slow or dead one keeps no other waiting.
package final class WebhookDispatcher: Sendable {
    let endpoints: [WebhookEndpoint]
    let policy: WebhookPolicy
    let store: any DeliveryStore
    let transport: any WebhookTransport
    let outbox: WebhookOutbox
    let document: @Sendable (AttachmentRecord) throws -> AttachmentDocument
    let logger: Logger
    let clock: @Sendable () -> Timestamp
    let sleep: @Sendable (Duration) async throws -> Void
    let jitter: @Sendable () -> Double

    /// A dispatcher for these endpoints; `document` writes an attachment as the API would answer it now.
    package init(
        endpoints: [WebhookEndpoint],
        policy: WebhookPolicy,
        store: any DeliveryStore,
        transport: any WebhookTransport,
        outbox: WebhookOutbox,
        document: @escaping @Sendable (AttachmentRecord) throws -> AttachmentDocument,
        logger: Logger,
        clock: @escaping @Sendable () -> Timestamp,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        precondition(policy.concurrency > 0, "An endpoint gets a request at a time.")
        self.endpoints = endpoints
        self.policy = policy
        self.store = store
        self.transport = transport
        self.outbox = outbox
        self.document = document
        self.logger = logger
        self.clock = clock
        self.sleep = sleep
        self.jitter = jitter
    }

    /// Delivers until cancelled; a request under way is broken off then, and sent again by the next run.
    package func run() async {
        await insist("make ready for the webhooks' endpoints") {
            try await self.store.prepareEndpoints(self.endpoints, at: self.clock())
        }
        await withDiscardingTaskGroup { group in
            for endpoint in endpoints {
                let line = DeliveryLine(endpoint)
                for lane in 0..<policy.concurrency { group.addTask { await self.work(line, lane) } }
            }
            group.addTask { await self.keepHouse() }
        }
    }

    // MARK: Lanes

    private func work(_ line: DeliveryLine, _ lane: Int) async {
        while !Task.isCancelled {
            // Before looking, so that what arrives in between is heard of.
            let listener = outbox.bell.listen(for: .only)
            do {
                let step = try await next(line, lane)
                guard case .wait(let time) = step else {
                    if case .send(let delivery) = step { await deliver(delivery, line) }
                    continue
                }
                _ = await listener.wait(atMost: time.map(duration(until:)), sleep: sleep)
            } catch {
                guard !Task.isCancelled else { return }
                logger.error("webhooks cannot read their records", metadata: ["error": "\(error)"])
                _ = await listener.wait(atMost: Self.pause, sleep: sleep)
            }
        }
    }

    /// Sends the next delivery to an endpoint that is due; false when there is none.
    package func deliverNext(to endpoint: WebhookEndpoint) async throws -> Bool {
        let line = DeliveryLine(endpoint)
        guard case .send(let delivery) = try await next(line, 0) else { return false }
        await deliver(delivery, line)
        return true
    }

    private enum Step {
        case send(WebhookDelivery)
        case wait(until: Timestamp?)
    }

    private func next(_ line: DeliveryLine, _ lane: Int) async throws -> Step {
        // While an endpoint does not take anything one request at a time finds out when it does again.
        guard lane == 0 || !line.isFailing else { return .wait(until: nil) }
        while true {
            let look = line.look()
            // One more than can be under way, so that all of them under way means that there is no other.
            let found = try await store.nextDeliveries(to: line.endpoint.name, limit: policy.concurrency + 1)
            if let step = choose(from: found, line, look) { return step }
        }
    }

    /// What to do about what was found; nil when that is outdated.
    private func choose(from found: [WebhookDelivery], _ line: DeliveryLine, _ look: DeliveryLine.Look) -> Step? {
        for delivery in found {
            guard delivery.notBefore <= clock() else { return .wait(until: delivery.notBefore) }
            switch line.take(delivery.id, after: look) {
            case .taken: return .send(delivery)
            case .underWay: continue
            case .outdated: return nil
            }
        }
        return .wait(until: nil)
    }

    private func duration(until time: Timestamp) -> Duration {
        .nanoseconds(max(0, time.nanoseconds - clock().nanoseconds))
    }

    // MARK: One delivery

    private func deliver(_ delivery: WebhookDelivery, _ line: DeliveryLine) async {
        let answer = await post(delivery, to: line.endpoint)
        // A request that was broken off says nothing about the endpoint.
        if !Task.isCancelled {
            let verdict = DeliveryVerdict(answer, to: delivery, policy: policy, jitter: jitter(), at: clock())
            let isTurn = line.note(verdict)
            await settle(delivery, line.endpoint, verdict)
            line.release(delivery.id)
            // The first lane has a new time to wait for, or the others may go on.
            if isTurn || verdict != .delivered { outbox.bell.ring(.only) }
        } else {
            line.release(delivery.id)
        }
    }

    private func post(_ delivery: WebhookDelivery, to endpoint: WebhookEndpoint) async -> WebhookAnswer {
        let body: [UInt8]
        do {
            body = delivery.body(try document(try AttachmentSnapshot(text: delivery.snapshot).record))
        } catch {
            return .failure(FailureReason("damaged_event", "The event cannot be read: \(error)"))
        }
        let proof = WebhookSignature.headers(id: delivery.eventID, body: body, secrets: endpoint.secrets, at: clock())
        return await transport.post(
            body,
            headers: [("Content-Type", "application/json"), ("User-Agent", "Larder")] + proof,
            to: endpoint.url,
            timeout: policy.timeout
        )
    }

    private func settle(
        _ delivery: WebhookDelivery,
        _ endpoint: WebhookEndpoint,
        _ verdict: DeliveryVerdict
    ) async {
        await insist("record a delivery") { [self] in
            switch verdict {
            case .delivered:
                try await store.deleteDelivery(delivery.id)
                outbox.tally.count()
            case .again(let time, let reason):
                try await store.setBackDelivery(delivery.id, at: time, reason, isDead: false)
            case .dead(let reason):
                try await store.setBackDelivery(delivery.id, at: clock(), reason, isDead: true)
            case .gone(let reason):
                try await store.disableEndpoint(endpoint.name, url: endpoint.url, reason, at: clock())
            }
        }
        log(delivery, endpoint, verdict)
    }

    private func log(_ delivery: WebhookDelivery, _ endpoint: WebhookEndpoint, _ verdict: DeliveryVerdict) {
        let metadata: Logger.Metadata = [
            "endpoint": "\(endpoint.name)", "event": "\(delivery.eventID)", "type": "\(delivery.type.rawValue)",
            "attachment": "\(delivery.attachmentID)", "attempt": "\(delivery.attempts + 1)",
            "result": "\(verdict.summary)",
        ]
        switch verdict {
        case .delivered: logger.info("webhook", metadata: metadata)
        case .again, .dead: logger.warning("webhook", metadata: metadata)
        case .gone: logger.error("webhook endpoint switched off", metadata: metadata)
        }
    }

    // MARK: Beside deliveries

    private func keepHouse() async {
        while !Task.isCancelled {
            do {
                try await sweep()
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning("webhooks could not forget what is too old", metadata: ["error": "\(error)"])
            }
            do { try await sleep(.seconds(600)) } catch { return }
        }
    }

    /// Gives up what waits for too long, and forgets what was given up long ago.
    package func sweep() async throws {
        let now = clock()
        let oldest = now.advanced(bySeconds: -policy.maximumAge)
        try await Batches.repeated { try await store.expireDeliveries(queuedBefore: oldest, at: now, limit: $0) }
        var old = DeliveryFilter()
        old.endedBefore = now.advanced(bySeconds: -policy.deadAge)
        let forgotten = try await Batches.repeated { [old] in try await store.purgeDeliveries(old, limit: $0) }
        if forgotten > 0 { logger.notice("webhook deliveries forgotten", metadata: ["count": "\(forgotten)"]) }
    }

    /// Repeats a write that must not be lost while the process lives.
    private func insist(_ purpose: String, _ write: @Sendable () async throws -> Void) async {
        while !Task.isCancelled {
            do {
                return try await write()
            } catch {
                guard !Task.isCancelled else { return }
                logger.error("cannot \(purpose)", metadata: ["error": "\(error)"])
                try? await sleep(Self.pause)
            }
        }
    }

    private static let pause = Duration.seconds(5)
}

extension DeliveryVerdict {
    fileprivate var summary: String {
        switch self {
        case .delivered: "delivered"
        case .again(let time, let reason): "again at \(time.iso8601): \(reason.message)"
        case .dead(let reason): "dead: \(reason.message)"
        case .gone(let reason): reason.message
        }
    }
}
