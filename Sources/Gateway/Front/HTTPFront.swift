package import Logging
package import NIOCore
import NIOExtras
import NIOHTTP1
package import NIOPosix
import NIOSSL
package import ObjectStorage
package import S3Protocol
import ServiceLifecycle

/// The listening socket and its connections.
///
/// `run` returns after a graceful stop: no new connections, requests in flight finish within the grace period, then
/// whatever is left is cut.
package struct HTTPFront: Service {
    private let services: FrontServices
    private let group: MultiThreadedEventLoopGroup
    private let channel: any Channel
    private let quiescing: ServerQuiescingHelper
    private let logger: Logger

    /// Where it listens.
    package var address: SocketAddress? { channel.localAddress }

    /// How many connections are open.
    package var connectionCount: Int { services.connections.count }

    /// Binds the socket; connections are accepted from then on.
    ///
    /// - Throws: `FrontError` that says what to do when the port is taken or may not be bound.
    package static func bind(
        _ configuration: FrontConfiguration,
        responder: any RequestResponder,
        group: MultiThreadedEventLoopGroup,
        pool: BlockingPool,
        logger: Logger,
        clock: @escaping @Sendable () -> Timestamp
    ) async throws -> HTTPFront {
        let services = FrontServices(configuration: configuration, responder: responder, pool: pool, clock: clock)
        let tls = try configuration.tls.map { try NIOSSLContext(configuration: $0) }
        let quiescing = ServerQuiescingHelper(group: group)
        let bootstrap = makeBootstrap(group, services: services, tls: tls, quiescing: quiescing)
        do {
            let channel = try await bootstrap.bind(configuration.endpoint)
            return HTTPFront(
                services: services,
                group: group,
                channel: channel,
                quiescing: quiescing,
                logger: logger
            )
        } catch {
            throw FrontError.cannotListen(on: configuration.endpoint, cause: error)
        }
    }

    /// Serves until graceful shutdown is asked for, then stops as the type says.
    package func run() async throws {
        try? await gracefulShutdown()
        await stop()
    }

    /// Stops as `run` does after graceful shutdown was asked for.
    package func stop() async {
        let inFlight = services.tasks.count
        logger.info("stopping", metadata: ["requests_in_flight": "\(inFlight)"])
        let promise = group.next().makePromise(of: Void.self)
        quiescing.initiateShutdown(promise: promise)
        let grace = services.configuration.shutdownGrace
        let deadline = group.next().scheduleTask(in: grace) { promise.succeed() }
        try? await promise.futureResult.get()
        deadline.cancel()
        services.connections.closeAll()
        try? await channel.close().get()
        await services.tasks.untilEmpty()
    }

    private static func makeBootstrap(
        _ group: MultiThreadedEventLoopGroup,
        services: FrontServices,
        tls: NIOSSLContext?,
        quiescing: ServerQuiescingHelper
    ) -> ServerBootstrap {
        let executors = EventLoopExecutors(group)
        let configuration = services.configuration
        return ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(quiescing.makeServerChannelHandler(channel: channel))
                }
            }
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: 1024,
                    initial: 8 * 1024,
                    maximum: 128 * 1024
                )
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let open = services.connections.insert(channel)
                    guard open <= configuration.maximumConnections * 2 else { throw ChannelError.ioOnClosedChannel }
                    let connection = HTTPConnection(
                        services: services,
                        executor: executors.executor(of: channel.eventLoop),
                        isSecure: tls != nil,
                        isOverLimit: open > configuration.maximumConnections
                    )
                    try configure(channel.pipeline.syncOperations, tls: tls, configuration, connection)
                    guard case .tcp = configuration.endpoint else { return }
                    let options = channel.syncOptions
                    try options?.setOption(.tcpOption(.tcp_nodelay), value: 1)
                    try options?.setOption(.socketOption(.so_keepalive), value: 1)
                }
            }
    }

    private static func configure(
        _ pipeline: ChannelPipeline.SynchronousOperations,
        tls: NIOSSLContext?,
        _ configuration: FrontConfiguration,
        _ connection: HTTPConnection
    ) throws {
        if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = configuration.maximumHeaderFieldSize
        limits.maxHeaderListSize = configuration.maximumHeaderListSize
        limits.maxHeaderFieldCount = configuration.maximumHeaderCount
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)
        try pipeline.addHandler(HTTPResponseEncoder())
        // What the decoder may hold of an unfinished head, or after it stopped parsing.
        let held = configuration.maximumHeaderListSize + 256 * 1024
        try pipeline.addHandler(ByteToMessageHandler(decoder, maximumBufferSize: held))
        try pipeline.addHandler(connection)
    }
}

extension ServerBootstrap {
    fileprivate func bind(_ endpoint: FrontConfiguration.Endpoint) async throws -> any Channel {
        switch endpoint {
        case .tcp(let host, let port): try await bind(host: host, port: port).get()
        case .unix(let path): try await bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        }
    }
}

/// One executor for each event loop of a group.
private struct EventLoopExecutors: Sendable {
    private let executors: [ObjectIdentifier: EventLoopExecutor]

    init(_ group: MultiThreadedEventLoopGroup) {
        executors = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map { (ObjectIdentifier($0), EventLoopExecutor($0)) }
        )
    }

    func executor(of eventLoop: any EventLoop) -> EventLoopExecutor {
        executors[ObjectIdentifier(eventLoop)] ?? EventLoopExecutor(eventLoop)
    }
}
