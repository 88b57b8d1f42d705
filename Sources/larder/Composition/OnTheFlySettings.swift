import Attachments
import Configuration
import Imaging
import S3Protocol
import StyleAddresses

/// How styles on the fly are made, and whose signatures count.
struct OnTheFlySettings {
    /// What the styles work with.
    var configuration: OnTheFlyConfiguration
    /// The limits of one result: somebody waits for it.
    var limits: ImagingLimits
    /// How many bytes of results are kept.
    var cacheBytes: Int64
    private let pairs: [StyleSigner.Pair]
    private let signatureSize: Int
    private let allowsUnsigned: Bool

    init(_ settings: Settings, limits: ImagingLimits) throws {
        configuration = OnTheFlyConfiguration(buckets: try Self.buckets(settings))
        configuration.presetsOnly = settings.boolean("on_the_fly.presets_only")
        let formats = settings.list("on_the_fly.accept_formats") ?? []
        configuration.accepted = AcceptedFormats(try formats.map(Self.format))
        configuration.maximumAge = Int64(try settings.integer("on_the_fly.max_age", in: 0...31_536_000))
        configuration.queueLength = try settings.integer("on_the_fly.queue", in: 1...100_000)
        configuration.failureLifetime = Int64(try settings.integer("on_the_fly.failure_seconds", in: 0...86_400))
        self.limits = limits
        self.limits.cpuTime = .seconds(try settings.integer("on_the_fly.cpu_seconds", in: 1...3600))
        self.limits.wallTime = .seconds(try settings.integer("on_the_fly.wall_seconds", in: 1...3600))
        cacheBytes = Int64(try settings.integer("on_the_fly.cache_bytes", in: 0...(1 << 50)))
        let sizes = StyleSigner.leastSize...StyleSigner.wholeSize
        signatureSize = try settings.integer("on_the_fly.signature_size", in: sizes)
        allowsUnsigned = settings.boolean("on_the_fly.unsigned")
        pairs = try Self.pairs(settings.text("on_the_fly.key"), settings.text("on_the_fly.salt"))
    }

    /// Whose signatures count: those by the keys that are set, else by the key of the storage root.
    func signer(_ credentials: @autoclosure () throws -> Credentials) throws -> StyleSigner {
        let pairs = pairs.isEmpty ? [try Self.pair(of: try credentials())] : pairs
        return StyleSigner(pairs, size: signatureSize, allowsUnsigned: allowsUnsigned)
    }

    private static func pair(of credentials: Credentials) throws -> StyleSigner.Pair {
        guard let pair = StyleSigner.Pair(key: credentials.stylesKey, salt: credentials.stylesSalt) else {
            throw ConfigurationError(
                "styles_key and styles_salt in credentials.json must be hexadecimal: restore them."
            )
        }
        return pair
    }

    /// The buckets whose pictures they are made of.
    static func buckets(_ settings: Settings) throws -> [BucketName] {
        let setting = settings.list("on_the_fly.buckets") == nil ? "attachments.buckets" : "on_the_fly.buckets"
        return try (settings.list(setting) ?? []).map { try bucket($0, setting) }
    }

    private static func format(_ name: String) throws -> StyleSpec.Format {
        guard let format = StyleSpec.Format(rawValue: name), format == .avif || format == .webp else {
            throw ConfigurationError("on_the_fly.accept_formats: '\(name)' is not chosen by Accept; avif and webp are.")
        }
        return format
    }

    private static func pairs(_ keys: String?, _ salts: String?) throws -> [StyleSigner.Pair] {
        guard let keys, let salts else {
            guard keys == nil, salts == nil else {
                throw ConfigurationError("on_the_fly.key and on_the_fly.salt belong together: set both or none.")
            }
            return []
        }
        let (keyList, saltList) = (pieces(keys), pieces(salts))
        guard keyList.count == saltList.count else {
            throw ConfigurationError(
                "on_the_fly.key has \(keyList.count) keys and on_the_fly.salt \(saltList.count) salts: each key needs one."
            )
        }
        return try zip(keyList, saltList).map { key, salt in
            guard let pair = StyleSigner.Pair(key: key, salt: salt) else {
                throw ConfigurationError(
                    "on_the_fly.key and on_the_fly.salt must be hexadecimal, for example from: openssl rand -hex 32"
                )
            }
            return pair
        }
    }

    private static func pieces(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { ByteText.trimmed($0) }
    }
}
