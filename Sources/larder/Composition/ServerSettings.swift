import Attachments
import Configuration
import Gateway
import Imaging
import Logging
import Mirror
import NIOCore
import NIOSSL
import ObjectStorage
import S3Protocol

/// The settings of a server as typed values, checked.
struct ServerSettings {
    let isSandbox: Bool
    let storage: String
    let front: FrontConfiguration
    let region: String
    let buckets: [BucketName]
    let publicURL: String?
    let domains: [String]
    let customHosts: [String: BucketName]
    let allowedOrigins: [String]
    let objectOwnership: ObjectOwnership
    let isEncryptionDeclared: Bool
    let accessKey: String?
    let secretKey: String?
    let apiToken: String?
    let verification: VerificationPolicy
    let attachments: AttachmentsConfiguration
    let imaging: ImagingSettings
    let onTheFly: OnTheFlySettings
    let remote: RemoteSettings
    let mirror: MirrorPolicy
    let webhooks: WebhookSettings
    let storageThreads: Int
    let shutdownSeconds: Int
    private let durability: Durability
    private let freeBytes: Int
    private let loggedBytes: Int
    private let scanSeconds: Int
    private let watchedDirectories: Int
    private let scrubSeconds: Int
    private let scrubRate: Int
    private let multipartSeconds: Int
    let lifecycleDay: LifecycleDay
    let logFormat: LineLogHandler.Format
    let logLevel: Logger.Level

    /// Checks all settings.
    ///
    /// - Throws: `ConfigurationError` for the first that cannot be.
    init(_ settings: Settings, isSandbox: Bool) throws {
        self.isSandbox = isSandbox
        storage = settings.text("storage") ?? "storage"
        front = try FrontConfiguration(settings)
        region = settings.text("region") ?? "us-east-1"
        buckets = try (settings.list("buckets") ?? []).map { try bucket($0, "buckets") }
        publicURL = try settings.text("public_url").map(Self.origin)
        domains = settings.list("domain") ?? []
        customHosts = try settings.map("custom_hosts").mapValues { try bucket($0, "custom_hosts") }
        allowedOrigins = settings.list("cors.allowed_origins") ?? []
        let ownerships = ObjectOwnership.allCases.map(\.rawValue)
        objectOwnership =
            ObjectOwnership(rawValue: try settings.choice("object_ownership", of: ownerships)) ?? .bucketOwnerEnforced
        isEncryptionDeclared = try settings.choice("encryption.at_rest", of: ["none", "declared"]) == "declared"
        (accessKey, secretKey) = try Self.keys(settings)
        apiToken = settings.text("api_token")
        verification = VerificationPolicy(
            region: settings.text("signatures.region"),
            // `version2` is the one switch that refuses it everywhere.
            allowsVersion2Header: settings.boolean("signatures.version2")
                && settings.boolean("signatures.version2_header"),
            allowsVersion2Query: settings.boolean("signatures.version2"),
            allowsVersion2Form: settings.boolean("signatures.version2")
        )
        attachments = try AttachmentsConfiguration(settings)
        imaging = try ImagingSettings(settings)
        onTheFly = try OnTheFlySettings(settings, limits: imaging.limits)
        remote = try RemoteSettings(settings)
        mirror = try MirrorPolicy(settings)
        webhooks = try WebhookSettings(settings)
        storageThreads = try settings.integer("limits.storage_threads", in: 1...1024)
        shutdownSeconds = try settings.integer("limits.shutdown_seconds", in: 0...3600)
        durability = try settings.choice("durability", of: ["strict", "relaxed"]) == "relaxed" ? .relaxed : .strict
        freeBytes = try settings.integer("limits.free_bytes", in: -1...(1 << 50))
        loggedBytes = try settings.integer("limits.logged_bytes", in: 0...(64 << 10))
        scanSeconds = try settings.integer("scan.interval_seconds", in: 0...31_536_000)
        watchedDirectories = try settings.integer("scan.watched_directories", in: 0...1_000_000)
        scrubSeconds = try settings.integer("scrub.interval_seconds", in: 0...31_536_000)
        scrubRate = try settings.integer("scrub.bytes_per_second", in: 1...(1 << 40))
        multipartSeconds = try settings.integer("multipart.expiry_seconds", in: 0...31_536_000)
        lifecycleDay = try Self.day(settings.text("lifecycle.day") ?? "24h")
        logFormat = try settings.choice("log.format", of: ["text", "json"]) == "json" ? .json : .text
        let levels = Logger.Level.allCases.map(\.rawValue)
        logLevel = Logger.Level(rawValue: try settings.choice("log.level", of: levels)) ?? .info
        try checkSandbox()
    }

    /// The names by which clients may reach what is ours beside the buckets.
    var hostNames: [String] {
        let url = publicURL.map { $0.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? "" }
        let listening: String? = if case .tcp(let host, _) = front.endpoint { host } else { nil }
        return domains + [url.map(String.init), listening].compactMap(\.self)
    }

    /// How the store is to be opened.
    var store: FileStoreConfiguration {
        FileStoreConfiguration(
            root: storage,
            threadCount: storageThreads,
            loggedBytes: loggedBytes,
            durability: durability,
            scanInterval: scanSeconds > 0 ? .seconds(scanSeconds) : nil,
            watchedDirectories: watchedDirectories,
            scrubInterval: scrubSeconds > 0 ? .seconds(scrubSeconds) : nil,
            scrubRate: Int64(scrubRate),
            multipartExpiry: multipartSeconds > 0 ? .seconds(multipartSeconds) : nil,
            reservedBytes: freeBytes < 0 ? nil : UInt64(freeBytes)
        )
    }

    /// The length of a day: a whole number of `s`, `m` or `h`.
    private static func day(_ text: String) throws -> LifecycleDay {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600]
        if let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count <= 86_400,
            let day = LifecycleDay(seconds: count * unit)
        {
            return day
        }
        throw ConfigurationError(
            "lifecycle.day is '\(text)'; write a whole number with s, m or h behind it, such as 24h."
        )
    }

    private static func keys(_ settings: Settings) throws -> (String?, String?) {
        let (key, secret) = (settings.text("access_key"), settings.text("secret_key"))
        guard (key == nil) == (secret == nil) else {
            throw ConfigurationError(
                "access_key and secret_key belong together: set both (LARDER_ACCESS_KEY, LARDER_SECRET_KEY) or none."
            )
        }
        if let key, key.utf8.count < 3 || key.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) {
            throw ConfigurationError("access_key must be at least 3 printable characters without blanks.")
        }
        if let secret, secret.utf8.count < 8 {
            throw ConfigurationError("secret_key must be at least 8 characters.")
        }
        return (key, secret)
    }

    /// An address of scheme and host only: buckets stand right behind it.
    private static func origin(_ text: String) throws -> String {
        let scheme = ["http://", "https://"].first { text.hasPrefix($0) }
        let host = text.dropFirst(scheme?.count ?? 0)
        let bare = host.hasSuffix("/") ? host.dropLast() : host
        let isHost = !bare.isEmpty && !bare.contains(where: { "/?#@".contains($0) || $0.isWhitespace })
        guard let scheme, isHost else {
            throw ConfigurationError(
                "public_url is '\(text)'; write http://HOST[:PORT] or https://HOST[:PORT] and nothing behind it."
            )
        }
        return scheme + bare
    }

    private func checkSandbox() throws {
        guard isSandbox, case .tcp(let host, _) = front.endpoint else { return }
        guard ["127.0.0.1", "::1", "localhost"].contains(host) else {
            throw ConfigurationError(
                "--sandbox listens on loopback only, since its keys are known to everybody; '\(host)' is not."
            )
        }
    }
}

func bucket(_ name: String, _ setting: String) throws -> BucketName {
    do {
        return try BucketName(name)
    } catch {
        throw ConfigurationError("\(setting): '\(name)' is no valid bucket name (3 to 63 of a-z 0-9 . -).")
    }
}

/// How pictures are rendered.
struct ImagingSettings {
    var pool = ImageWorkerPool.Configuration()
    var limits = ImagingLimits()

    init(_ settings: Settings) throws {
        if let path = settings.text("imaging.worker") { pool.program = WorkerProgram(path: path) }
        pool.posters = PosterProgram(path: settings.text("imaging.ffmpeg"))
        if let kinds = settings.list("imaging.kinds") { pool.program.kinds = try kinds.map(Self.kind) }
        let workers = try settings.integer("imaging.workers", in: 0...256)
        pool.workers = workers > 0 ? workers : System.coreCount
        limits.pixels = try settings.integer("imaging.max_pixels", in: 1...1_000_000_000)
        limits.sourceBytes = try settings.integer("imaging.max_source_bytes", in: 1...(1 << 32))
        limits.videoBytes = try settings.integer("imaging.max_video_bytes", in: 1...(1 << 42))
        limits.addressSpace = try settings.integer("imaging.memory_bytes", in: (64 << 20)...(1 << 40))
        limits.cpuTime = .seconds(try settings.integer("imaging.cpu_seconds", in: 1...3600))
        limits.wallTime = .seconds(try settings.integer("imaging.wall_seconds", in: 1...3600))
        limits.animationFrames = try settings.integer("imaging.animation_frames", in: 1...10_000)
        limits.animationPixels = try settings.integer("imaging.animation_pixels", in: 1...1_000_000_000)
    }

    private static func kind(_ name: String) throws -> ImageKind {
        guard let kind = ImageKind(rawValue: name) else {
            let known = ImageKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError("imaging.kinds: '\(name)' is not decoded; known are \(known).")
        }
        return kind
    }
}

extension FrontConfiguration {
    fileprivate init(_ settings: Settings) throws {
        self.init()
        endpoint = try Self.endpoint(settings.text("listen") ?? "127.0.0.1:9000")
        maximumConnections = try settings.integer("limits.connections", in: 1...1_000_000)
        maximumHeaderListSize = try settings.integer("limits.header_bytes", in: 1024...(1 << 20))
        maximumHeaderFieldSize = maximumHeaderListSize
        maximumHeaderCount = try settings.integer("limits.header_count", in: 10...10_000)
        idleTimeout = .seconds(Int64(try settings.integer("limits.idle_seconds", in: 1...3600)))
        bodyWindow = .seconds(Int64(try settings.integer("limits.body_window_seconds", in: 1...3600)))
        minimumBodyProgress = Int64(try settings.integer("limits.body_window_bytes", in: 1...(1 << 20)))
        writeTimeout = .seconds(Int64(try settings.integer("limits.write_seconds", in: 1...3600)))
        maximumDrain = Int64(try settings.integer("limits.drain_bytes", in: 0...(1 << 32)))
        shutdownGrace = .seconds(Int64(try settings.integer("limits.shutdown_seconds", in: 0...3600)))
        tls = try Self.tls(certificate: settings.text("tls.certificate"), key: settings.text("tls.key"))
        trustedProxies = TrustedProxies(try (settings.list("trusted_proxies") ?? []).map(Self.range))
    }

    private static func range(_ text: String) throws -> IPAddressRange {
        guard let range = IPAddressRange(text) else {
            throw ConfigurationError(
                "trusted_proxies: '\(text)' is no address or range; write 10.0.0.7, 10.0.0.0/8 or 2001:db8::/32."
            )
        }
        return range
    }

    private static func endpoint(_ text: String) throws -> Endpoint {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw ConfigurationError("listen is '\(text)'; write HOST:PORT, for example 127.0.0.1:9000 or [::]:9000.")
        }
        let host = text[..<colon]
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host
        return .tcp(host: bare.isEmpty ? "0.0.0.0" : String(bare), port: Int(port))
    }

    private static func tls(certificate: String?, key: String?) throws -> TLSConfiguration? {
        guard let certificate, let key else {
            guard certificate == nil, key == nil else {
                throw ConfigurationError("tls.certificate and tls.key belong together: set both or none.")
            }
            return nil
        }
        do {
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
            )
            // RFC 8996 retires TLS 1.0 and 1.1.
            configuration.minimumTLSVersion = .tlsv12
            return configuration
        } catch {
            throw ConfigurationError("cannot use tls.certificate \(certificate) with tls.key \(key): \(error)")
        }
    }
}

extension AttachmentsConfiguration {
    fileprivate init(_ settings: Settings) throws {
        self.init(
            buckets: try (settings.list("attachments.buckets") ?? []).map { try bucket($0, "attachments.buckets") }
        )
        uploadPrefix = settings.text("attachments.upload_prefix") ?? uploadPrefix
        stylesPrefix = settings.text("attachments.styles_prefix") ?? stylesPrefix
        if let types = settings.list("attachments.allowed_types") { allowedTypes = ContentTypePatterns(types) }
        maximumBytes = Int64(try settings.integer("attachments.max_bytes", in: 1...5_368_709_120))
        let year = 366 * 86_400
        authorizationLifetime = Int64(try settings.integer("attachments.authorization_lifetime", in: 1...604_800))
        unclaimedLifetime = Int64(try settings.integer("attachments.unclaimed_lifetime", in: 1...year))
        linkLifetime = Int64(try settings.integer("attachments.link_lifetime", in: 4...483_840))
        maximumWait = Int64(try settings.integer("attachments.max_wait", in: 0...3600))
        if case .array(let values) = settings.entry("attachments.styles").value {
            styles = try values.map { try StyleSpec.decode($0) }
        }
        retries.maximumAttempts = try settings.integer("jobs.max_attempts", in: 1...1000)
        retries.firstDelay = Int64(try settings.integer("jobs.retry_seconds", in: 1...86_400))
        retries.longestDelay = Int64(try settings.integer("jobs.longest_retry_seconds", in: 1...86_400))
        maximumQueued = try settings.integer("jobs.max_queued", in: 1...100_000_000)
        if case .array(let values) = settings.entry("attachments.style_rules").value {
            styleRules = try values.map { try StyleRule.decode($0, naming: styles) }
        }
        otherStyledBuckets = try OnTheFlySettings.buckets(settings).filter { !buckets.contains($0) }
        tellsPhotos = settings.boolean("attachments.photo_details")
        let kinds = (settings.list("imaging.kinds") ?? []).compactMap(ImageKind.init)
        styledTypes = ContentTypePatterns(styledTypes.patterns + kinds.flatMap(\.otherContentTypes))
        try validate()
    }
}
