import FoundationEssentials
import Gateway
import HTTPTransport
import Logging
import Mirror
import NIOCore
import ObjectStorage
import RemoteS3
import S3Protocol

/// The clients of remote S3s, and all buckets behind one front.
struct Remotes {
    let routes: RemoteRoutes
    /// Where mirrored buckets are mirrored to.
    let mirrors: RemoteRoutes
    let storage: any Storage
    private let transport: HTTPTransport?
    private let cache: RemoteCache?
    private let logger: Logger

    /// The remotes of the settings beside the local store.
    ///
    /// - Throws: `TransportError` when libcurl cannot be had.
    init(_ settings: ServerSettings, store: FileStore, pool: BlockingPool, logger: Logger) throws {
        self.logger = logger
        guard !settings.remote.isEmpty else {
            (routes, mirrors, storage, transport, cache) = (.none, .none, store, nil, nil)
            return
        }
        let transport = try HTTPTransport(settings.remote.transport, name: "remote")
        if settings.remote.transport.trust == .anyone {
            logger.warning("remote.tls_verification is none: whoever is on the way can read and change all")
        }
        var clients: [RemoteSettings.Remote: RemoteClient] = [:]
        // One client for each remote, however many buckets are in it.
        func client(_ remote: RemoteSettings.Remote) -> RemoteClient {
            let client = clients[remote] ?? Self.client(remote, settings.remote, transport, pool, logger)
            clients[remote] = client
            return client
        }
        cache = settings.remote.modes.contains(.cache) ? Self.cache(settings, logger) : nil
        routes = Self.routes(settings.remote, [.proxy, .cache], cache, client)
        mirrors = Self.routes(settings.remote, [.mirror], nil, client)
        self.transport = transport
        storage = RoutedStorage(
            local: store,
            remote: RemoteStore(routes: routes, uploads: settings.remote.uploads) { store.spool($0) },
            routes: routes,
            owner: Credentials.rootUserID,
            allowedOrigins: settings.allowedOrigins
        )
    }

    /// What mirrors buckets of the store that takes note of its changes in `ledger`; nil for none.
    ///
    /// - Throws: `StorageError` when the mirror's table cannot be opened.
    func mirror(_ ledger: ChangeLedger?, _ policy: MirrorPolicy, store: FileStore) async throws -> Mirror? {
        guard let ledger else { return nil }
        return try await Mirror(
            store: store,
            ledger: ledger,
            routes: mirrors,
            policy: policy,
            log: logger,
            clock: System.now
        )
    }

    /// The gauges of `/-/metrics`; none where every bucket is local.
    var gauges: [Metrics.Gauge] {
        guard let transport else { return [] }
        let clients = (routes.clients + mirrors.clients).map { (ObjectIdentifier($0), $0) }
        let open = Dictionary(clients, uniquingKeysWith: { first, _ in first }).values.count { $0.isCircuitOpen }
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
        ] + (cache?.gauges ?? [])
    }

    /// Gets to know what an earlier run left in the cache; without it the cache is of little use, and reads go on.
    func load() async {
        do {
            try await cache?.load()
        } catch {
            logger.warning("cannot look through the cache of remote objects", metadata: ["error": "\(error)"])
        }
    }

    /// Ends all transfers.
    func close() async {
        await transport?.shutdown()
        await cache?.close()
    }

    private static func cache(_ settings: ServerSettings, _ logger: Logger) -> RemoteCache {
        var configuration = settings.remote.cache
        configuration.reservedBytes = settings.store.reservedBytes
        let directory = settings.storage + "/.larder/cache/objects"
        return RemoteCache(configuration, directory: directory, logger: logger, clock: System.now)
    }

    /// How long a start waits for the remotes.
    private static let patience = Duration.seconds(5)

    /// Makes those of the wanted buckets that are remote, or mirrored, and not there; a remote that does not answer, or not in some
    /// seconds, is no reason not to start.
    func makeBuckets(_ wanted: [BucketName]) async {
        let wholes = wanted.sorted()
            .compactMap { name in (routes.route(of: name) ?? mirrors.route(of: name)).map { (name, $0) } }
            .filter { $0.1.names.prefix.isEmpty }
        guard !wholes.isEmpty else { return }
        // Each remote by itself: one that says nothing does not keep the others from being asked.
        let remotes = Dictionary(grouping: wholes) { ObjectIdentifier($0.1.client) }.values
        await withTaskGroup { group in
            group.addTask {
                await withTaskGroup { each in
                    for wholes in remotes {
                        each.addTask { for (name, route) in wholes { await see(to: name, by: route) } }
                    }
                }
            }
            group.addTask { try? await Task.sleep(for: Self.patience) }
            await group.next()
            group.cancelAll()
        }
    }

    private func see(to name: BucketName, by route: RemoteRoute) async {
        do {
            try await route.makeBucket()
        } catch {
            let reason = Task.isCancelled ? "no answer in time" : "\(error)"
            logger.warning("cannot see to a remote bucket", metadata: ["bucket": "\(name)", "error": "\(reason)"])
        }
    }

    /// Where the buckets of these modes are.
    private static func routes(
        _ settings: RemoteSettings,
        _ modes: Set<RemoteSettings.Mode>,
        _ cache: RemoteCache?,
        _ client: (RemoteSettings.Remote) -> RemoteClient
    ) -> RemoteRoutes {
        var named: [BucketName: RemoteRoute] = [:]
        for bucket in settings.buckets where modes.contains(bucket.mode) {
            guard let remote = bucket.remote else { continue }
            named[bucket.name] = RemoteRoute(
                client: client(remote),
                names: bucket.names,
                cache: bucket.mode == .cache ? cache : nil
            )
        }
        return RemoteRoutes(
            named: named,
            locals: Set(settings.buckets.filter { !modes.contains($0.mode) }.map(\.name)),
            standard: modes.contains(settings.mode) ? settings.standard.map(client) : nil,
            standardCache: settings.mode == .cache ? cache : nil
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

    /// Where the keys of a remote are looked for.
    static func sources(
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

extension RemoteCache {
    /// What `/-/metrics` says of it.
    fileprivate var gauges: [Metrics.Gauge] {
        let (usage, counts) = (usage, counts)
        let sizes: [Metrics.Gauge] = [
            .init("larder_cache_bytes", "Bytes of remote objects that are kept.", Double(usage.bytes)),
            .init("larder_cache_objects", "Remote objects that are kept, whole or in part.", Double(usage.files)),
        ]
        return sizes
            + Verdict.allCases.map { verdict in
                .init(
                    "larder_cache_requests_total",
                    "Reads of remote objects, by how they were answered.",
                    Double(counts[verdict] ?? 0),
                    labels: [("result", verdict.rawValue)],
                    isCounter: true
                )
            }
    }
}
