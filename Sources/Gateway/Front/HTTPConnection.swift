import NIOCore
import NIOExtras
import NIOHTTP1
import NIOSSL
import S3Protocol

/// One connection: turns parsed parts into requests, runs one task a request, and reads the socket only while
/// somebody wants the bytes.
///
/// Requests of one connection are answered one after another. The states are: no exchange (reading the next head), an
/// exchange in progress, and an exchange that is answered but whose refused body is still being dropped.
final class HTTPConnection: ChannelDuplexHandler, @unchecked Sendable {
    // Everything here is touched on the channel's event loop only: by the pipeline, and by request tasks, whose
    // executor is that loop.

    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = Never
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Unread bytes up to this many are read and dropped to keep the connection; beyond, it closes.
    private static let drainToKeepAlive: Int64 = 256 * 1024
    /// Pipelined parts that may wait; an honest client has a few.
    private static let maximumPipelined = 1024
    /// Bytes of a body that may wait: NIO hands over all that the kernel has when the peer closes, wanted or not.
    private static let maximumWaiting = 8 * RequestBody.highWaterMark

    let services: FrontServices
    let executor: EventLoopExecutor
    let isSecure: Bool
    private let isOverLimit: Bool
    private(set) var context: ChannelHandlerContext?
    private(set) var exchange: Exchange?
    /// Parts of pipelined requests that wait for the current exchange.
    private var pipelined = CircularBuffer<HTTPServerRequestPart>()
    private var isReadHeld = false
    private var isQuiescing = false
    private var isClosing = false
    /// The answer to something that is no request is out; what still comes is dropped.
    private var isRefused = false
    private var timer: LazyTimer<HTTPConnection>?
    /// Limits how long a reader takes for a piece of an answer.
    private(set) var writeTimer: LazyTimer<HTTPConnection>?
    /// The peer's address, which the kernel is asked for once.
    private lazy var peer = context?.remoteAddress?.ipAddress ?? ""

    init(services: FrontServices, executor: EventLoopExecutor, isSecure: Bool, isOverLimit: Bool) {
        self.services = services
        self.executor = executor
        self.isSecure = isSecure
        self.isOverLimit = isOverLimit
    }

    // MARK: The channel's life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        timer = LazyTimer(self, on: context.eventLoop)
        writeTimer = LazyTimer(self, on: context.eventLoop)
        startTimer(services.configuration.idleTimeout) { $0.close() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is ChannelShouldQuiesceEvent else { return context.fireUserInboundEventTriggered(event) }
        isQuiescing = true
        if exchange == nil { close() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else {
            // Bytes behind what could not be parsed are faults of their own; the answer is still on its way.
            if !isRefused { close() }
            return
        }
        if let exchange, !exchange.isRequestComplete {
            exchange.body.fail(.malformed)
            exchange.isBroken = true
            exchange.closesAfterwards = true
            if exchange.isResponseComplete { close() }
        } else if exchange == nil, !isClosing, !isRefused {
            let isOverflow = (error as? HTTPParserError) == .headerOverflow
            refuse(
                isOverflow
                    ? .headersTooLarge(limit: services.configuration.maximumHeaderListSize) : .malformed
            )
        } else {
            isQuiescing = true
        }
    }

    private func end() {
        isClosing = true
        timer?.end()
        writeTimer?.end()
        pipelined.removeAll()
        exchange?.body.fail(.connectionClosed)
        exchange?.task?.cancel()
    }

    func close() {
        isClosing = true
        timer?.cancel()
        context?.close(promise: nil)
    }

    // MARK: Reading

    func read(context: ChannelHandlerContext) {
        if wantsToRead { context.read() } else { isReadHeld = true }
    }

    private var wantsToRead: Bool {
        guard let exchange else { return true }
        // One read ahead: taking the socket out of the loop's set and putting it back costs two system calls a request.
        guard !exchange.isRequestComplete else { return pipelined.isEmpty && !isQuiescing }
        return exchange.isResponseComplete || exchange.body.hasRoom
    }

    func readIfHeld() {
        guard isReadHeld, wantsToRead, !isClosing else { return }
        isReadHeld = false
        context?.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard !isClosing, !isRefused else { return }
        if let exchange, exchange.isRequestComplete {
            guard pipelined.count < Self.maximumPipelined else { return close() }
            pipelined.append(part)
        } else {
            receive(part)
        }
    }

    private func receive(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): begin(head)
        case .body(let bytes): receiveBody(bytes)
        case .end: receiveEnd()
        }
    }

    private func receiveBody(_ bytes: ByteBuffer) {
        guard let exchange else { return }
        guard exchange.isResponseComplete else {
            exchange.body.receive(bytes)
            if exchange.body.waitingLength > Self.maximumWaiting { close() }
            return
        }
        exchange.drainBudget -= Int64(bytes.readableBytes)
        if exchange.drainBudget < 0 { close() }
    }

    private func receiveEnd() {
        guard let exchange else { return }
        exchange.isRequestComplete = true
        exchange.body.finish()
        if exchange.isResponseComplete { finish(exchange) }
    }

    // MARK: An exchange

    private func begin(_ head: HTTPRequestHead) {
        timer?.cancel()
        guard !isOverLimit else { return refuse(.tooManyConnections) }
        guard let context, let parsed = ParsedHead(head) else { return refuse(.malformed) }
        let body = RequestBody(eventLoop: context.eventLoop) { [weak self] in self?.bodyIsWanted() }
        let origin = services.configuration.trustedProxies.origin(
            peer: peer,
            isSecure: isSecure,
            headers: parsed.head.headers
        )
        let request = Request(
            id: RequestID(),
            head: parsed.head,
            body: body,
            contentLength: parsed.contentLength,
            received: services.clock(),
            remoteAddress: origin.address,
            isSecure: origin.isSecure,
            tlsVersion: isSecure ? context.tlsVersion : nil
        )
        let exchange = Exchange(
            request: request,
            began: .now(),
            // After a request to upgrade, NIO's decoder parses no more.
            keepsAlive: head.isKeepAlive && !head.headers.contains(name: "Upgrade") && head.method != .CONNECT,
            awaitsContinue: parsed.expectsContinue
        )
        self.exchange = exchange
        if !request.hasNoBody { watchBody(of: exchange) }
        run(exchange)
    }

    private func run(_ exchange: Exchange) {
        services.tasks.enter()
        nonisolated(unsafe) let exchange = exchange  // Stays on this event loop: the task's executor.
        exchange.task = Task(executorPreference: executor) {
            let request = exchange.request
            let response = await self.services.responder.respond(to: request)
            let sent = await self.send(response, in: exchange)
            self.services.responder.completed(
                ExchangeReport(
                    request: request,
                    status: Int(response.status.code),
                    bytesReceived: exchange.body.receivedLength,
                    bytesSent: sent.bytes,
                    duration: .now() - exchange.began,
                    isComplete: sent.isComplete
                )
            )
            self.answered(exchange, wasComplete: sent.isComplete)
            self.services.tasks.leave()
        }
    }

    /// Decides, when the answer's head is written, whether the connection lives on.
    func willClose(_ exchange: Exchange) -> Bool {
        if isQuiescing || !exchange.keepsAlive { exchange.closesAfterwards = true }
        if exchange.awaitsContinue, !exchange.isRequestComplete { exchange.closesAfterwards = true }
        if (exchange.remainingLength ?? .max) > Self.drainToKeepAlive { exchange.closesAfterwards = true }
        return exchange.closesAfterwards
    }

    private func answered(_ exchange: Exchange, wasComplete: Bool) {
        exchange.isResponseComplete = true
        guard wasComplete, !isClosing else { return close() }
        guard !exchange.isRequestComplete else { return finish(exchange) }
        guard !exchange.isBroken else { return close() }
        // Who was never told to continue has sent nothing that would have to be read first.
        guard !exchange.awaitsContinue || exchange.body.receivedLength > 0 else { return close() }
        exchange.drainBudget = services.configuration.maximumDrain
        startTimer(services.configuration.drainTimeout) { $0.close() }
        readIfHeld()
    }

    private func finish(_ exchange: Exchange) {
        timer?.cancel()
        self.exchange = nil
        guard !exchange.closesAfterwards, !isQuiescing else { return close() }
        startTimer(services.configuration.idleTimeout) { $0.close() }
        while self.exchange?.isRequestComplete != true, !isClosing, !isRefused, let part = pipelined.popFirst() {
            receive(part)
        }
        readIfHeld()
    }

    private func refuse(_ refusal: FrontRefusal) {
        guard let context else { return }
        isRefused = true
        // What came behind it is not done: nobody would be told.
        pipelined.removeAll()
        let id = RequestID()
        let response = services.responder.refuse(refusal, id: id)
        writeWhole(response, id: id, on: context)
        // Closing while bytes come in would reset the connection, and the answer could be lost with it.
        startTimer(min(services.configuration.drainTimeout, .seconds(2))) { $0.close() }
        readIfHeld()
        services.responder.completed(
            ExchangeReport(
                request: nil,
                status: Int(response.status.code),
                bytesReceived: 0,
                bytesSent: 0,
                duration: .zero,
                isComplete: true
            )
        )
    }

    // MARK: Time

    /// Does something later, unless something else is to be done first: a connection waits for one thing at a time.
    func startTimer(_ delay: TimeAmount, _ action: @escaping (HTTPConnection) -> Void) {
        timer?.start(delay, action)
    }
}

extension ChannelHandlerContext {
    /// The version of TLS on this connection, as policies write it.
    fileprivate var tlsVersion: String? {
        guard let handler = try? pipeline.syncOperations.handler(type: NIOSSLServerHandler.self) else { return nil }
        return switch handler.tlsVersion {
        case .tlsv1: "1.0"
        case .tlsv11: "1.1"
        case .tlsv12: "1.2"
        case .tlsv13: "1.3"
        default: nil
        }
    }
}
