package import HTTPTransport
package import Logging
import NIOCore
package import ObjectStorage
package import S3Protocol
import Synchronization

/// Asks a remote S3: signs, sends, and sends again what may be sent again.
///
/// A refusal by the remote is an answer; errors are what the network, or this side, could not do.
package final class RemoteClient: Sendable {
    /// The longest refusal that is read.
    static let maximumRefusal = 1 << 20
    /// Bodies up to this length are read before they are sent, so that they can be signed as a whole and sent again.
    static let heldLength: Int64 = 256 << 10

    /// What a client works with.
    package struct Parts: Sendable {
        /// Where the remote is.
        package var endpoint: RemoteEndpoint
        /// What carries requests.
        package var transport: HTTPTransport
        /// What signs them.
        package var credentials: CredentialsProvider
        /// Which are sent again.
        package var retries: RetryPolicy
        /// When the remote is left alone.
        package var breaker: CircuitBreaker.Limits
        /// Where bodies are hashed.
        package var pool: BlockingPool

        /// These parts.
        package init(
            endpoint: RemoteEndpoint,
            transport: HTTPTransport,
            credentials: CredentialsProvider,
            retries: RetryPolicy = RetryPolicy(),
            breaker: CircuitBreaker.Limits = CircuitBreaker.Limits(),
            pool: BlockingPool
        ) {
            self.endpoint = endpoint
            self.transport = transport
            self.credentials = credentials
            self.retries = retries
            self.breaker = breaker
            self.pool = pool
        }
    }

    private struct State {
        var breaker: CircuitBreaker
        /// Where buckets are that are not in the endpoint's region.
        var regions: [String: String] = [:]
        /// How many seconds the remote's clock is ahead.
        var skew: Int64 = 0
        /// Whether the remote understands `Expect: 100-continue`.
        var mayExpectContinue = true
    }

    /// How many buckets' regions are remembered.
    private static let rememberedRegions = 1_000

    private let parts: Parts
    let logger: Logger
    private let clock: @Sendable () -> Timestamp
    private let state: Mutex<State>

    /// Where the remote is.
    package var endpoint: RemoteEndpoint { parts.endpoint }

    /// Where bodies are read and hashed.
    package var pool: BlockingPool { parts.pool }

    /// Whether the remote is being left alone.
    package var isCircuitOpen: Bool { state.withLock { $0.breaker.isOpen } }

    /// A client of these parts.
    package init(_ parts: Parts, logger: Logger, clock: @escaping @Sendable () -> Timestamp) {
        self.parts = parts
        self.logger = logger
        self.clock = clock
        state = Mutex(State(breaker: CircuitBreaker(parts.breaker)))
    }

    /// Sends a request and returns the answer, whatever it is, as soon as its head is there.
    ///
    /// The body is read on the caller's executor, once if it cannot be rewound, and not before the remote wants it.
    /// Cancellation gives it up.
    ///
    /// - Throws: `RemoteError`, `CancellationError`, what the body throws.
    package func perform(_ request: RemoteRequest, body: RemoteBody? = nil) async throws -> RemoteResponse {
        let (request, source) = try await held(request, body.map(BodySource.init))
        var attempt = 1
        var learnt: Set<Int> = []
        var wasSent = false
        while true {
            source?.rewind()
            let (outcome, lesson) = try await told(wasSent) { () async throws in try await attemptOnce(request, source)
            }
            wasSent = wasSent || !outcome.isUnsent
            let mayRepeat = source?.canBeSent ?? true
            if let lesson, mayRepeat, learnt.insert(lesson.kind).inserted { continue }
            let repeatability = RetryPolicy.Repeatability(hasBody: mayRepeat, isIdempotent: request.isIdempotent)
            let pause = parts.retries.pause(
                after: outcome.summary,
                attempt: attempt,
                repeatability,
                random: .random(in: 0...1)
            )
            guard let pause else { return try await told(wasSent) { try outcome.get(parts.endpoint) } }
            logger.debug("asks the remote again", metadata: ["reason": "\(outcome.summary)", "attempt": "\(attempt)"])
            try await Task.sleep(for: pause)
            attempt += 1
        }
    }

    /// Does a part of a request; its error says whether the remote may have seen the request.
    private func told<Value>(_ wasSent: Bool, _ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch var error as RemoteError {
            error.isUnsent = !wasSent
            throw error
        }
    }

    /// A short body as bytes: they are there when the remote is asked.
    private func held(_ request: RemoteRequest, _ source: BodySource?) async throws -> (RemoteRequest, BodySource?) {
        guard let source, case .stream(let stream) = request.payload, let length = stream.length,
            length <= Self.heldLength
        else { return (request, source) }
        var whole = ByteBuffer()
        while var piece = try await source.next() { whole.writeBuffer(&piece) }
        // Our own hash would vouch for bytes that the client did not.
        if let claimed = stream.sha256 { try await check(whole, against: claimed) }
        var held = request
        held.payload = .bytes(whole)
        if let trailer = stream.trailer, let value = source.trailer() { held.headers.append(trailer.headerName, value) }
        return (held, nil)
    }

    private func check(_ bytes: ByteBuffer, against claimed: String) async throws {
        let digest = try await parts.pool.run {
            var checksummer = Checksummer(.sha256)
            bytes.withUnsafeReadableBytes { checksummer.update($0) }
            return checksummer.finalize().digest
        }
        try PayloadMode.exact(claimed).check(bodySHA256: digest)
    }
}

// MARK: - One attempt

extension RemoteClient {
    private enum Outcome {
        case answer(RemoteResponse)
        case failure(TransportError)

        var summary: RetryPolicy.Outcome {
            switch self {
            case .answer(let response):
                .answer(status: response.status, retryAfter: response.headers["Retry-After"].flatMap { Int($0) })
            case .failure(let error): .failure(error)
            }
        }

        /// Whether the remote cannot have seen the attempt.
        var isUnsent: Bool {
            if case .failure(let error) = self { error.isUnsent } else { false }
        }

        func get(_ endpoint: RemoteEndpoint) throws -> RemoteResponse {
            switch self {
            case .answer(let response): return response
            case .failure(let error): throw RemoteError(error, endpoint: endpoint.text)
            }
        }
    }

    private func attemptOnce(
        _ request: RemoteRequest,
        _ source: BodySource?
    ) async throws -> (Outcome, RemoteCorrection?) {
        try admit()
        let credentials = try await parts.credentials.credentials()
        let known = state.withLock { $0 }
        let region = request.bucket.flatMap { known.regions[$0] } ?? parts.endpoint.region
        let now = clock().advanced(bySeconds: known.skew)
        do {
            let signed = try SignedTransfer(
                request,
                endpoint: parts.endpoint,
                credentials: credentials,
                region: region,
                mayExpectContinue: known.mayExpectContinue,
                at: now
            )
            let response = try await send(signed, source)
            state.withLock { $0.breaker.succeed() }
            let lesson = RemoteCorrection(response, signedFor: region, at: now)
            if let lesson { learn(lesson, request, credentials) }
            return (.answer(response), lesson)
        } catch let error as TransportError {
            noteFailure(error)
            return (.failure(error), nil)
        }
    }

    private func admit() throws {
        let admission = state.withLock { $0.breaker.admit(at: .now) }
        guard case .refuse(let pause) = admission else { return }
        let seconds = max(1, Int(pause.components.seconds) + (pause.components.attoseconds > 0 ? 1 : 0))
        throw RemoteError(
            .circuitOpen,
            "the remote \(parts.endpoint.text) did not answer lately; it is asked again in \(seconds) s",
            retryAfter: seconds
        )
    }

    /// Failures of the remote as a whole; one broken transfer says nothing about the next.
    private func noteFailure(_ error: TransportError) {
        switch error.code {
        case .resolve, .connect, .tls, .connectTimeout, .firstByteTimeout:
            let isOpened = state.withLock { state in
                let wasOpen = state.breaker.isOpen
                state.breaker.fail(at: .now)
                return state.breaker.isOpen && !wasOpen
            }
            if isOpened { logger.warning("the remote is left alone for a while", metadata: ["reason": "\(error)"]) }
        default: break
        }
    }

    private func learn(_ lesson: RemoteCorrection, _ request: RemoteRequest, _ credentials: RemoteCredentials) {
        switch lesson {
        case .region(let region):
            guard let bucket = request.bucket else { return }
            state.withLock { state in
                if state.regions.count >= Self.rememberedRegions { state.regions = [:] }
                state.regions[bucket] = region
            }
        case .clock(let seconds):
            state.withLock { $0.skew += seconds }
            logger.warning("the remote's clock differs", metadata: ["seconds": "\(seconds)"])
        case .expectation:
            state.withLock { $0.mayExpectContinue = false }
        case .credentials:
            parts.credentials.invalidate(credentials)
        }
    }

    private func send(_ signed: SignedTransfer, _ source: BodySource?) async throws -> RemoteResponse {
        let response: TransportResponse
        if let source {
            response = try await stream(signed, source)
        } else {
            response = try await parts.transport.perform(signed.request)
        }
        let headers = HopByHop.removed(from: response.headers)
        guard response.status >= 300 else {
            return RemoteResponse(status: response.status, headers: headers, content: .stream(response.body))
        }
        let refusal = try await response.body.collect(upTo: Self.maximumRefusal)
        return RemoteResponse(status: response.status, headers: headers, content: .bytes(refusal))
    }

    private func stream(_ signed: SignedTransfer, _ source: BodySource) async throws -> TransportResponse {
        guard var encoder = signed.encoder else {
            return try await parts.transport.perform(signed.request) { try await source.next() }
        }
        var isAtEnd = false
        // The last first.
        var ready: [ByteBuffer] = []
        return try await parts.transport.perform(signed.request) {
            while ready.isEmpty, !isAtEnd {
                guard let piece = try await source.next() else {
                    isAtEnd = true
                    ready = encoder.finish(trailerValue: source.trailer()).reversed()
                    break
                }
                let begun = encoder
                (ready, encoder) = try await self.parts.pool.run {
                    var encoder = begun
                    return (encoder.add(piece).reversed(), encoder)
                }
            }
            return ready.popLast()
        }
    }
}

/// A body, and whether any of it was read.
private final class BodySource {
    private let body: RemoteBody
    private var isTouched = false

    /// Whether the whole of it can be sent: none was read, or it can be read again.
    var canBeSent: Bool { !isTouched || body.rewind != nil }

    init(_ body: RemoteBody) {
        self.body = body
    }

    func next() async throws -> ByteBuffer? {
        isTouched = true
        return try await body.next()
    }

    func trailer() -> String? { body.trailer() }

    func rewind() {
        guard isTouched else { return }
        body.rewind?()
        isTouched = false
    }
}
