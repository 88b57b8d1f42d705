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

/// Everything between the store and the sockets.
struct ServerParts {
    private let settings: ServerSettings
    private let credentials: Credentials
    private let store: FileStore
    private let remotes: Remotes
    private let pool: BlockingPool
    private let logger: Logger
    private let records: SQLiteRecordStore
    private let images: ImageWorkerPool
    private let signals = AttachmentSignals()
    private let tokens: APITokens
    private let keys: AccessKeys
    private let userKeys: UserKeys
    private let jobs: JobQueue
    private let metrics = Metrics()
    private let storageActions: StorageActions
    private let onTheFly: OnTheFlyStyles
    private let webhooks: WebhookParts
    /// Nil when no bucket is mirrored.
    private let mirror: Mirror?

    init(
        _ settings: ServerSettings,
        credentials: Credentials,
        store: FileStore,
        ledger: ChangeLedger?,
        logger: Logger
    ) async throws {
        self.settings = settings
        self.credentials = credentials
        self.store = store
        // Reads of cold files only: what is being sent waits here for the disk.
        pool = BlockingPool(threadCount: 8)
        self.logger = logger
        remotes = try Remotes(settings, store: store, pool: pool, logger: logger)
        mirror = try await remotes.mirror(ledger, settings.mirror, store: store)
        webhooks = try WebhookParts(settings.webhooks)
        records = try SQLiteRecordStore(
            path: settings.storage + "/.larder/records.sqlite",
            outbox: webhooks.outbox
        ) { reason in
            store.makeReadOnly(because: reason)
        }
        storageActions = StorageActions(
            store: store,
            owner: Credentials.rootUserID,
            isAlone: false,
            records: RecordsCheck(records, store, settings, isLive: true, signals: signals),
            restyling: StyleRegeneration(
                configuration: settings.attachments,
                records: records,
                objects: remotes.storage,
                signals: signals,
                clock: System.now
            )
        )
        images = try ImageWorkerPool(settings.imaging.pool, logger: logger)
        tokens = APITokens(store: records, environmentToken: credentials.apiToken, clock: System.now)
        keys = credentials.keys
        userKeys = UserKeys(
            store: records,
            reservedKeys: [credentials.accessKey, credentials.signerKey],
            reservedUsers: [Credentials.rootUserID],
            clock: System.now
        )
        jobs = JobQueue(
            configuration: settings.attachments,
            store: records,
            objects: remotes.storage,
            renderer: ImageWorkerRendering(pool: images, limits: settings.imaging.limits),
            signals: signals,
            workers: settings.imaging.pool.workers,
            logger: logger,
            clock: System.now
        )
        let cache = FileCache(
            directory: settings.storage + "/.larder/cache/styles",
            budget: settings.onTheFly.cacheBytes,
            reservedBytes: settings.store.reservedBytes
        )
        onTheFly = OnTheFlyStyles(
            configuration: settings.onTheFly.configuration,
            attachments: settings.attachments,
            objects: remotes.storage,
            renderer: ImageWorkerRendering(pool: images, limits: settings.onTheFly.limits, isUrgent: true),
            signer: try settings.onTheFly.signer(credentials),
            cache: cache,
            logger: logger,
            clock: System.now
        )
    }

    /// Sees to the buckets of the settings that are in a remote S3.
    func makeRemoteBuckets() async {
        await remotes.load()
        await remotes.makeBuckets(Array(Set(settings.buckets + settings.attachments.buckets)))
    }

    /// What runs beside the sockets, which clients reach at `origin` unless the settings say otherwise.
    func backgroundServices(reachedAt origin: String) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        let janitor = UploadJanitor(
            configuration: settings.attachments,
            store: records,
            objects: remotes.storage,
            logger: logger,
            clock: System.now
        )
        let jobs = jobs
        let (presenter, addresses) = (presenter, addressRule.addresses(reachedAt: origin))
        let dispatcher = webhooks.dispatcher(records, logger: logger) {
            try presenter.document($0, addresses: addresses)
        }
        return [
            .init(service: WebhookService(dispatcher: dispatcher)),
            .init(service: JanitorService(janitor: janitor)),
            .init(service: JobService(jobs: jobs)),
            .init(service: OnTheFlyService(styles: onTheFly)),
            .init(service: lifecycle),
        ] + (mirror.map { [.init(service: MirrorService(mirror: $0))] } ?? [])
    }

    private var lifecycle: LifecycleService {
        LifecycleService(
            executor: LifecycleExecutor(
                store: store,
                day: settings.lifecycleDay,
                log: logger,
                clock: System.now
            ),
            // Rules count in days; a day that was shortened for tests is looked at ten times.
            interval: min(.seconds(3_600), .milliseconds(settings.lifecycleDay.seconds * 100))
        )
    }

    /// Opens the socket that clients use, once the access keys of users are known.
    func bindFront(on group: MultiThreadedEventLoopGroup) async throws -> HTTPFront {
        try await keys.reload(from: userKeys)
        return try await HTTPFront.bind(
            settings.front,
            responder: responder,
            group: group,
            pool: pool,
            logger: logger,
            clock: System.now
        )
    }

    /// Opens the socket that commands use.
    func bindControl(on group: MultiThreadedEventLoopGroup) async throws -> HTTPFront {
        let socket = try ControlSocket(root: settings.storage)
        var configuration = FrontConfiguration()
        configuration.endpoint = .unix(path: socket.path)
        let front = try await HTTPFront.bind(
            configuration,
            responder: ControlSurface(
                actions: ControlActions(
                    tokens: tokens,
                    keys: userKeys,
                    table: keys,
                    jobs: JobInventory(store: records, signals: signals, clock: System.now),
                    webhooks: webhooks.inventory(records),
                    mirror: mirror,
                    storage: storageActions
                ),
                metrics: metrics
            ),
            group: group,
            pool: pool,
            logger: logger,
            clock: System.now
        )
        try socket.restrict()
        return front
    }

    /// Stops the image workers and closes the records.
    func close() async {
        await storageActions.close()
        await onTheFly.close()
        await images.shutdown()
        await remotes.close()
        await webhooks.shutdown()
        await pool.shutdown()
        do {
            try records.close()
        } catch {
            logger.error("cannot close the records", metadata: ["error": "\(error)"])
        }
    }

    private var responder: GatewayResponder {
        GatewayResponder(
            addressing: Addressing(baseDomains: settings.domains, customHosts: settings.customHosts),
            s3: S3Surface(s3Services),
            api: APISurface(apiServices),
            operations: OperatorSurface(
                metrics: metrics,
                sources: sources,
                hosts: HostRule(names: settings.hostNames),
                styles: StylesSurface(onTheFly, allowedOrigins: settings.allowedOrigins, clock: System.now)
            ),
            metrics: metrics,
            log: AccessLog(logger)
        )
    }

    private var s3Services: S3Services {
        S3Services(
            store: remotes.storage,
            remote: remotes.routes,
            authenticator: Authenticator(keys: keys, policy: settings.verification),
            authorizer: Authorizer(
                styles: StylesGuard(settings.attachments),
                store: remotes.storage,
                keys: keys,
                defaultOwnership: settings.objectOwnership
            ),
            region: settings.region,
            ownerID: Credentials.rootUserID,
            publicScheme: settings.publicURL.map { $0.hasPrefix("https://") ? "https" : "http" },
            defaultOwnership: settings.objectOwnership,
            isEncryptionDeclared: settings.isEncryptionDeclared,
            lifecycleDay: settings.lifecycleDay,
            clock: System.now
        )
    }

    private var presenter: AttachmentPresenter {
        AttachmentPresenter(
            configuration: settings.attachments,
            signer: StableURLSigner(
                accessKeyID: credentials.signerKey,
                secret: SigningSecret(credentials.signerSecret),
                region: settings.region,
                lifetime: settings.attachments.linkLifetime
            ),
            clock: System.now
        )
    }

    private var addressRule: AddressRule {
        AddressRule(publicURL: settings.publicURL, customHosts: settings.customHosts)
    }

    private var apiServices: APISurface.Services {
        APISurface.Services(
            tokens: tokens,
            authorizer: UploadAuthorizer(
                configuration: settings.attachments,
                credentials: .init(
                    accessKeyID: credentials.signerKey,
                    secret: SigningSecret(credentials.signerSecret),
                    region: settings.region
                ),
                store: records,
                clock: System.now
            ),
            attachments: AttachmentService(
                configuration: settings.attachments,
                store: records,
                objects: remotes.storage,
                signals: signals,
                logger: logger,
                clock: System.now
            ),
            presenter: presenter,
            addresses: addressRule,
            allowedOrigins: settings.allowedOrigins
        )
    }

    private var sources: OperatorSurface.Sources {
        let (store, images, records, onTheFly) = (store, images, records, onTheFly)
        let (remotes, outbox, mirror) = (remotes, webhooks.outbox, mirror)
        return OperatorSurface.Sources(
            readiness: { await ServerStatus.readiness(store) },
            gauges: {
                await ServerStatus.gauges(store: store, images: images, records: records, outbox: outbox)
                    + ServerStatus.gauges(of: onTheFly) + remotes.gauges + ServerStatus.gauges(of: mirror)
            }
        )
    }
}
