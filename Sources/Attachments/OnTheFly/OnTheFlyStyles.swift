import Imaging
package import Logging
import NIOCore
package import ObjectStorage
package import S3Protocol
package import StyleAddresses
import Synchronization

/// Makes styles that a signed address asks for: each result once, kept within a budget, a bounded number at a time.
package final class OnTheFlyStyles: Sendable {
    /// What it did since the start.
    package struct Counts: Sendable, Equatable {
        /// Results that were there already.
        package var hits: Int64 = 0
        /// Results that were rendered.
        package var made: Int64 = 0
        /// Results that could not be rendered, remembered ones included.
        package var failed: Int64 = 0
        /// Requests that found too many others.
        package var refused: Int64 = 0

        /// Nothing yet.
        package init() {}
    }

    /// How often an object may change between the look at its head and its opening before that is given up.
    private static let attempts = 3

    /// What is set about them.
    package let configuration: OnTheFlyConfiguration
    private let attachments: AttachmentsConfiguration
    private let objects: any ObjectStore
    private let renderer: any StyleRendering
    private let signer: StyleSigner
    private let cache: FileCache
    private let failures: FailureMemory
    private let flights: SingleFlight<String, OnTheFlyPicture>
    private let logger: Logger
    private let clock: @Sendable () -> Timestamp
    private let counted = Mutex(Counts())

    /// Styles on the fly of the objects of a store; `renderer` has the limits of requests that somebody waits for.
    package init(
        configuration: OnTheFlyConfiguration,
        attachments: AttachmentsConfiguration,
        objects: any ObjectStore,
        renderer: any StyleRendering,
        signer: StyleSigner,
        cache: FileCache,
        logger: Logger,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.configuration = configuration
        self.attachments = attachments
        self.objects = objects
        self.renderer = renderer
        self.signer = signer
        self.cache = cache
        self.logger = logger
        self.clock = clock
        failures = FailureMemory(lifetime: configuration.failureLifetime)
        flights = SingleFlight(capacity: configuration.queueLength)
    }

    /// What it did since the start.
    package var counts: Counts { counted.withLock { $0 } }

    /// How many results are being made or wait for a worker.
    package var underWay: Int { flights.count }

    /// What is kept of its results.
    package var kept: FileCache.Usage { cache.usage }

    /// Gets to know what an earlier run kept, so that the budget counts it.
    package func loadKept() async {
        do {
            try await cache.load()
        } catch {
            logger.warning("styles on the fly: cannot look through the cache", metadata: ["error": "\(error)"])
        }
    }

    /// Ends what is under way.
    package func close() async {
        await flights.close()
        await cache.close()
    }

    // MARK: What is asked for

    /// What a path asks for: `/SIGNATURE/…` as it was received.
    ///
    /// - Throws: `APIError`: 403 for a signature that is not right, a time that is over or a bucket that is not allowed, 400
    ///   for an address or option that cannot be honoured.
    package func request(_ signedPath: some Collection<UInt8>) throws -> StyleRequest {
        guard !configuration.buckets.isEmpty else { throw APIError.onTheFlyOff() }
        do {
            let address = try StyleAddress(path: try signer.verified(signedPath))
            guard configuration.buckets.contains(address.source.bucket) else {
                throw APIError.bucketNotOnTheFly(address.source.bucket)
            }
            let styles = attachments.styles(of: address.source.key, in: address.source.bucket)
            return try StyleRequest(
                address,
                .init(styles: styles, presetsOnly: configuration.presetsOnly, now: clock())
            )
        } catch let error as StyleAddressError {
            throw APIError.styleAddress(error)
        }
    }

    /// What it means for the object as it is now, for a client that accepts these formats.
    ///
    /// - Throws: `APIError`: 404 without such an object, 503 while the store is busy.
    package func plan(_ request: StyleRequest, accept: String?) async throws -> OnTheFlyPlan {
        do {
            let record = try await objects.head(request.source.key, version: nil, in: request.source.bucket)
            return try plan(request, record, accept)
        } catch {
            throw Self.refusal(error, of: request.source)
        }
    }

    private func plan(_ request: StyleRequest, _ record: ObjectRecord, _ accept: String?) throws -> OnTheFlyPlan {
        let isOpen = request.style.format == .auto && !configuration.accepted.formats.isEmpty
        let chosen = isOpen ? configuration.accepted.choice(accept) : nil
        return OnTheFlyPlan(
            request,
            record,
            style: try chosen.map { try request.style(as: $0) } ?? request.style,
            variesByAccept: isOpen
        )
    }

    private static func refusal(_ error: any Error, of source: StyleSource) -> any Error {
        let fault = StoreFault(error)
        return fault.isAbsence ? APIError.sourceNotFound(source) : fault.unavailable ?? error
    }

    // MARK: The picture

    /// The picture that a plan asks for, rendered unless it is kept.
    ///
    /// The plan comes back as it was when the object has not changed meanwhile.
    /// - Throws: `APIError`: 404 when the object has gone, 422 for what cannot be rendered, 503 when too many wait or there is
    ///   no worker.
    package func picture(
        _ plan: OnTheFlyPlan,
        accept: String?
    ) async throws -> (plan: OnTheFlyPlan, picture: OnTheFlyPicture) {
        var plan = plan
        for _ in 0..<Self.attempts {
            if let kept = try await kept(plan) { return (plan, kept) }
            try recall(plan)
            do {
                return (plan, try await made(plan))
            } catch is ObjectChanged {
                plan = try await self.plan(plan.request, accept: accept)
            }
        }
        throw APIError.unavailable("The object is being changed all the time; try again shortly.", retryAfter: 1)
    }

    private struct ObjectChanged: Error {}

    private func kept(_ plan: OnTheFlyPlan) async throws -> OnTheFlyPicture? {
        do {
            guard let hit = try await cache.file(plan.name),
                case .image(let kind) = ImageSniffer.sniff(hit.beginning)
            else { return nil }
            counted.withLock { $0.hits += 1 }
            return OnTheFlyPicture(file: hit.file, kind: kind)
        } catch {
            logger.warning("styles on the fly: cannot read the cache", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func recall(_ plan: OnTheFlyPlan) throws {
        guard let (failure, seconds) = failures.failure(of: plan.name, at: clock()) else { return }
        counted.withLock { $0.failed += 1 }
        throw APIError.notRendered(failure, retryAfter: seconds)
    }

    private func made(_ plan: OnTheFlyPlan) async throws -> OnTheFlyPicture {
        do {
            return try await flights.value(for: plan.name) { [self] in
                // Who looked before another flight ended finds now what that one kept.
                if let hit = try await kept(plan) { return hit }
                return try await render(plan)
            }
        } catch is SingleFlight<String, OnTheFlyPicture>.Full {
            counted.withLock { $0.refused += 1 }
            throw APIError.onTheFlyBusy(limit: configuration.queueLength)
        } catch let failure as RenderFailure {
            counted.withLock { $0.failed += 1 }
            throw APIError.notRendered(failure)
        } catch let error as ImagingError {
            throw APIError.notRendered(error)
        } catch is CancellationError {
            throw APIError.unavailable("The server is stopping.", retryAfter: 1)
        } catch {
            throw Self.refusal(error, of: plan.request.source)
        }
    }

    private func render(_ plan: OnTheFlyPlan) async throws -> OnTheFlyPicture {
        let original = try await objects.open(plan.object.key, version: nil, in: plan.object.bucket)
        guard PinnedObject(original.record, in: plan.object.bucket) == plan.object,
            original.record.modified == plan.modified
        else { throw ObjectChanged() }
        let destination = try OpenDescriptor.inMemory()
        let reply = try await renderer.render(
            [plan.style],
            source: try OriginalFile.descriptor(of: original.content),
            destinations: [destination],
            tellsPhoto: false
        )
        if let failure = reply.failure ?? reply.styles.first?.failure {
            failures.note(failure, of: plan.name, at: clock())
            throw failure
        }
        guard let picture = reply.styles.first?.picture else {
            throw RenderFailure(.worker, "The image worker gave no picture.")
        }
        try StyleFile.check(destination, holds: picture.bytes)
        counted.withLock { $0.made += 1 }
        await keep(destination, picture, plan)
        return OnTheFlyPicture(
            file: try OpenFile(duplicating: destination.rawValue, size: Int64(picture.bytes)),
            kind: picture.kind
        )
    }

    private func keep(_ file: OpenDescriptor, _ picture: RenderReply.Picture, _ plan: OnTheFlyPlan) async {
        do {
            _ = try await cache.keep(plan.name, size: Int64(picture.bytes), of: file.rawValue)
        } catch {
            logger.warning("styles on the fly: a result is not kept", metadata: ["error": "\(error)"])
        }
        withExtendedLifetime(file) {}
    }
}
