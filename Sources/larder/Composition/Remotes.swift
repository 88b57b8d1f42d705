import FoundationEssentials
import Gateway
import HTTPTransport
import Logging
import NIOCore
import ObjectStorage
import RemoteS3
import S3Protocol

/// The clients of remote S3s, and all buckets behind one front.
struct Remotes {
    let routes: RemoteRoutes
    let storage: any Storage
    private let transport: HTTPTransport?
    private let logger: Logger

    /// The remotes of the settings beside the local store.
    ///
    /// - Throws: `TransportError` when libcurl cannot be had.
    init(_ settings: ServerSettings, store: FileStore, pool: BlockingPool, logger: Logger) throws {
        self.logger = logger
        guard !settings.remote.isEmpty else {
            (routes, storage, transport) = (.none, store, nil)
            return
        }
        let transport = try HTTPTransport(settings.remote.transport, name: "remote")
        if settings.remote.transport.trust == .anyone {
            logger.warning("remote.tls_verification is none: whoever is on the way can read and change all")
        }
        routes = Self.routes(settings.remote) { remote in
            Self.client(remote, settings.remote, transport, pool, logger)
        }
        self.transport = transport
        storage = RoutedStorage(
            local: store,
            remote: RemoteStore(routes: routes, uploads: settings.remote.uploads) { store.spool($0) },
            routes: routes,
            owner: Credentials.rootUserID,
            allowedOrigins: settings.allowedOrigins
        )
    }

    /// The gauges of `/-/metrics`; none where every bucket is local.
    var gauges: [Metrics.Gauge] {
        guard let transport else { return [] }
        let open = routes.clients.count { $0.isCircuitOpen }
        return [
            .init(
                "larder_remote_transfers",
                "Requests to remote S3s that are under way or wait.",
                Double(transport.transferCount)
            ),
            .init(
                "larder_remote_circuits_open",
                "Remotes that are left alone since they did not answer.",
                Double(open)
            ),
        ]
    }

    /// Ends all transfers.
    func close() async {
        await transport?.shutdown()
    }

    /// How long a start waits for the remotes.
    private static let patience = Duration.seconds(5)

    /// Makes those of the wanted buckets that are remote and not there; a remote that does not answer, or not in some
    /// seconds, is no reason not to start.
    func makeBuckets(_ wanted: [BucketName]) async {
        let wholes = wanted.sorted().compactMap { name in routes.route(of: name).map { (name, $0) } }
            .filter { $0.1.names.prefix.isEmpty }
        guard !wholes.isEmpty else { return }
        await withTaskGroup { group in
            group.addTask { for (name, route) in wholes { await see(to: name, by: route) } }
            group.addTask { try? await Task.sleep(for: Self.patience) }
            await group.next()
            group.cancelAll()
        }
    }

    private func see(to name: BucketName, by route: RemoteRoute) async {
        do {
            try await Self.makeBucket(route)
        } catch {
            let reason = Task.isCancelled ? "no answer in time" : "\(error)"
            logger.warning("cannot see to a remote bucket", metadata: ["bucket": "\(name)", "error": "\(reason)"])
        }
    }

    private static func makeBucket(_ route: RemoteRoute) async throws {
        let found = try await route.client.perform(RemoteRequest("HEAD", bucket: route.names.remote))
        guard found.status == 404 else { return }
        let region = route.client.endpoint.region
        var request = RemoteRequest("PUT", bucket: route.names.remote)
        if region != BucketLocation.classic {
            request.payload = .bytes(ByteBuffer(bytes: try BucketLocation.constraintDocument(region: region)))
        }
        let made = try await route.client.perform(request)
        guard made.status == 200 || made.status == 409 else {
            throw RemoteError(.invalidConfiguration, "the remote answers \(made.refusal?.code ?? "\(made.status)")")
        }
    }

    /// One client for each remote, however many buckets are in it.
    private static func routes(
        _ settings: RemoteSettings,
        _ make: (RemoteSettings.Remote) -> RemoteClient
    ) -> RemoteRoutes {
        var clients: [RemoteSettings.Remote: RemoteClient] = [:]
        func client(_ remote: RemoteSettings.Remote) -> RemoteClient {
            let client = clients[remote] ?? make(remote)
            clients[remote] = client
            return client
        }
        var named: [BucketName: RemoteRoute] = [:]
        for bucket in settings.buckets {
            guard let remote = bucket.remote else { continue }
            named[bucket.name] = RemoteRoute(client: client(remote), names: bucket.names)
        }
        return RemoteRoutes(
            named: named,
            locals: Set(settings.buckets.filter { $0.mode == .local }.map(\.name)),
            standard: settings.standard.map(client)
        )
    }

    private static func client(
        _ remote: RemoteSettings.Remote,
        _ settings: RemoteSettings,
        _ transport: HTTPTransport,
        _ pool: BlockingPool,
        _ logger: Logger
    ) -> RemoteClient {
        RemoteClient(
            RemoteClient.Parts(
                endpoint: remote.endpoint,
                transport: transport,
                credentials: CredentialsProvider(sources(remote, transport, pool), clock: System.now),
                retries: settings.retries,
                breaker: settings.breaker,
                pool: pool
            ),
            logger: logger,
            clock: System.now
        )
    }

    private static func sources(
        _ remote: RemoteSettings.Remote,
        _ transport: HTTPTransport,
        _ pool: BlockingPool
    ) -> [any CredentialsSource] {
        if let id = remote.accessKey, let secret = remote.secretKey {
            return [FixedCredentials(RemoteCredentials(accessKeyID: id, secret: SigningSecret(secret)))]
        }
        let environment = ProcessInfo.processInfo.environment
        let file = ProfileCredentials(profile: remote.profile, environment: environment, pool: pool)
        guard remote.profile == nil else { return [file] }
        return [
            EnvironmentCredentials(environment),
            WebIdentityCredentials(environment, region: remote.endpoint.region, transport: transport, pool: pool),
            file,
            ContainerCredentials(environment, transport: transport, pool: pool),
            InstanceCredentials(environment, transport: transport),
        ]
    }
}
