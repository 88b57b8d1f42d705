import Attachments
import Configuration
import Gateway
import Imaging
import Logging
import Mirror
import NIOCore
import NIOPosix
import ObjectStorage
import S3Protocol
import ServiceLifecycle
import UnixSignals

/// Composes a server and runs it until it is told to stop.
enum Server {
    /// Serves as the settings say; returns after a graceful stop.
    ///
    /// - Throws: when something needed cannot be had, in words that say what to do.
    static func run(_ settings: ServerSettings) async throws {
        LoggingSystem.bootstrap { _ in
            LineLogHandler(format: settings.logFormat, level: settings.logLevel, clock: System.now)
        }
        let logger = Logger(label: "larder")
        System.raiseOpenFileLimit()
        let ledger = settings.changeLedger(logger)
        var configuration = settings.store
        configuration.feed = ledger
        let store = try await FileStore.open(configuration, log: logger, clock: System.now)
        let (credentials, isNew) = try Credentials.load(root: settings.storage, settings: settings)
        try await makeBuckets(settings, store)
        let parts = try await ServerParts(
            settings,
            credentials: credentials,
            store: store,
            ledger: ledger,
            logger: logger
        )
        await parts.makeRemoteBuckets()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
        let outcome: Result<Void, any Error>
        do {
            try await serve(settings, parts, on: group, credentials: credentials, isNew: isNew, logger: logger)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await parts.close()
        await store.close()
        await ledger?.close()
        await LogOutput.standardError.flush()
        try await group.shutdownGracefully()
        try outcome.get()
        logger.info("stopped")
    }

    /// Opens the sockets and serves until the end; what needs the event loops is gone when this returns.
    private static func serve(
        _ settings: ServerSettings,
        _ parts: ServerParts,
        on group: MultiThreadedEventLoopGroup,
        credentials: Credentials,
        isNew: Bool,
        logger: Logger
    ) async throws {
        let front = try await parts.bindFront(on: group)
        let control = try await parts.bindControl(on: group)
        let banner = StartBanner(settings, credentials: credentials, isNew: isNew, address: front.address)
        // Stopped from the last to the first: no new requests before what they need goes.
        var configuration = ServiceGroupConfiguration(
            services: parts.backgroundServices(reachedAt: StartBanner.endpoint(settings, front.address))
                + [.init(service: control), .init(service: front), .init(service: banner)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = .seconds(settings.shutdownSeconds + 15)
        try await ServiceGroup(configuration: configuration).run()
    }

    private static func makeBuckets(_ settings: ServerSettings, _ store: FileStore) async throws {
        let wanted = Set(settings.buckets + settings.attachments.buckets).filter(settings.remote.isLocal)
        for name in wanted.sorted() where (try? store.bucket(name)) == nil {
            _ = try await store.createBucket(
                name,
                owner: Credentials.rootUserID,
                settings: BucketSettings(allowedOrigins: settings.allowedOrigins)
            )
        }
        // The setting is the default of these buckets for as long as nothing else was set on them.
        for name in wanted where (try? store.bucket(name))?.settings.allowedOrigins != settings.allowedOrigins {
            _ = try await store.updateBucket(name) { $0.allowedOrigins = settings.allowedOrigins }
        }
    }
}
