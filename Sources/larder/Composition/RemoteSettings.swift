import Configuration
import HTTPTransport
import RemoteS3
import S3Protocol

/// The remote S3, or several, that buckets may be in; checked.
struct RemoteSettings {
    /// What a bucket is served from.
    enum Mode: String, CaseIterable {
        case local, proxy, cache, mirror
    }

    /// A remote, and what its requests are signed with.
    struct Remote: Hashable {
        let endpoint: RemoteEndpoint
        /// Nil for those of the environment, the shared file or the machine.
        let accessKey: String?
        let secretKey: String?
        let profile: String?
    }

    /// A bucket that is named in the settings.
    struct Bucket {
        let name: BucketName
        let mode: Mode
        /// Of every mode but `local`.
        let remote: Remote?
        let names: RemoteNames

        /// Whether another is mirrored to a part of where this one is, or the other way round: one would undo the other.
        func overlaps(_ other: Bucket) -> Bool {
            guard mode == .mirror, other.mode == .mirror, remote?.endpoint == other.remote?.endpoint,
                ByteText.equal(names.remote, other.names.remote)
            else { return false }
            return names.prefix.starts(with: other.names.prefix) || other.names.prefix.starts(with: names.prefix)
        }
    }

    /// What buckets are served from that are not named.
    let mode: Mode
    /// Their remote; nil for the mode `local`.
    let standard: Remote?
    let buckets: [Bucket]
    let transport: TransportConfiguration
    let retries: RetryPolicy
    let breaker: CircuitBreaker.Limits
    let uploads: UploadPlan
    /// What the mode `cache` keeps.
    let cache: CacheConfiguration

    /// Whether every bucket is local.
    var isEmpty: Bool { modes == [.local] }

    /// What buckets are served from.
    var modes: Set<Mode> { Set(buckets.map(\.mode) + [mode]) }

    /// What a bucket is served from.
    func mode(of bucket: BucketName) -> Mode {
        buckets.first { $0.name == bucket }?.mode ?? mode
    }

    /// Whether a bucket is here, mirrored or not.
    func isLocal(_ bucket: BucketName) -> Bool {
        [.local, .mirror].contains(mode(of: bucket))
    }

    /// Reads the settings.
    ///
    /// - Throws: `ConfigurationError`.
    init(_ settings: Settings) throws {
        let name = try settings.choice("remote.mode", of: Mode.allCases.map(\.rawValue))
        mode = Mode(rawValue: name) ?? .local
        let base = RemoteDescription(settings)
        standard = mode != .local ? try base.remote(of: "remote") : nil
        buckets = try Self.buckets(settings.entry("remote.buckets").value, base)
        try Self.checkCopies(mode, standard, buckets)
        transport = try TransportConfiguration(settings)
        cache = try CacheConfiguration(settings, transport)
        retries = RetryPolicy(attempts: try settings.integer("remote.attempts", in: 1...10))
        let pause = Duration.seconds(try settings.integer("remote.breaker_seconds", in: 1...60))
        breaker = CircuitBreaker.Limits(
            failures: try settings.integer("remote.breaker_failures", in: 1...10_000),
            pause: pause,
            maximumPause: max(pause, .seconds(30))
        )
        let partLengths = Int(MultipartLimits.minimumPartSize)...Int(MultipartLimits.maximumPartSize)
        uploads = UploadPlan(
            partLength: Int64(try settings.integer("remote.multipart_bytes", in: partLengths)),
            transfers: try settings.integer("remote.multipart_transfers", in: 1...64),
            completion: .seconds(try settings.integer("remote.completion_seconds", in: 1...86_400))
        )
    }

    /// A bucket of which copies are kept has one way to it: who wrote by another would not be seen, and who may not read by one
    /// would read what another brought.
    private static func checkCopies(_ mode: Mode, _ standard: Remote?, _ buckets: [Bucket]) throws {
        let named = Set(buckets.map(\.name.string))
        for one in buckets {
            guard let remote = one.remote else { continue }
            var others = buckets.filter { $0.names.remote == one.names.remote }.map { ($0.mode, $0.remote) }
            if !named.contains(one.names.remote) { others.append((mode, standard)) }
            let isCached = others.contains { $0.0 == .cache && $0.1?.endpoint.text == remote.endpoint.text }
            let isOneWay = others.allSatisfy { other in
                other.1?.endpoint.text != remote.endpoint.text || other == (.cache, remote)
            }
            guard !isCached || isOneWay else {
                throw ConfigurationError(
                    "remote.buckets, \(one.name): the bucket '\(one.names.remote)' of the remote is in the mode cache by another "
                        + "name, so each name of it needs that mode and the same keys."
                )
            }
        }
    }

    private static func buckets(_ value: JSONValue, _ base: RemoteDescription) throws -> [Bucket] {
        guard case .array(let values) = value else { return [] }
        let buckets = try values.map { try bucket(RemoteMembers($0), base) }
        guard Set(buckets.map(\.name)).count == buckets.count else {
            throw ConfigurationError("remote.buckets names a bucket twice.")
        }
        for (index, bucket) in buckets.enumerated() {
            if let other = buckets[..<index].first(where: bucket.overlaps) {
                throw ConfigurationError(
                    "remote.buckets: \(other.name) and \(bucket.name) are mirrored to the same place; each needs its own."
                )
            }
        }
        return buckets
    }

    private static func bucket(_ members: RemoteMembers, _ base: RemoteDescription) throws -> Bucket {
        let text = members["bucket"] ?? ""
        guard let name = try? BucketName(text) else {
            throw ConfigurationError("remote.buckets: '\(text)' is no valid bucket name (3 to 63 of a-z 0-9 . -).")
        }
        guard let mode = Mode(rawValue: members["mode"] ?? Mode.proxy.rawValue) else {
            let known = Mode.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError("remote.buckets, \(name): mode must be one of: \(known).")
        }
        return Bucket(
            name: name,
            mode: mode,
            remote: mode != .local ? try base.overridden(by: members).remote(of: "remote.buckets, \(name)") : nil,
            names: RemoteNames(
                local: name,
                remote: members["name"] ?? name.string,
                prefix: Array((members["prefix"] ?? "").utf8)
            )
        )
    }
}

/// The members of an object in `remote.buckets`: texts, of known names.
private struct RemoteMembers {
    private static let known = [
        "bucket", "mode", "name", "prefix", "endpoint", "region", "access_key", "secret_key", "addressing", "profile",
    ]
    private let values: [String: String]

    init(_ value: JSONValue) throws {
        guard case .object(let members) = value else {
            throw ConfigurationError("remote.buckets: \(value.compactText) is no object.")
        }
        var values: [String: String] = [:]
        for member in members {
            guard Self.known.contains(member.name), let text = member.value.string else {
                throw ConfigurationError(
                    "remote.buckets: '\(member.name)' is not known or no text; known are \(Self.known.joined(separator: ", "))."
                )
            }
            values[member.name] = text
        }
        self.values = values
    }

    subscript(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }
}

/// A remote as texts, before it is known whether all are there.
private struct RemoteDescription {
    var endpoint: String?
    var region: String
    var addressing: String
    var accessKey: String?
    var secretKey: String?
    var profile: String?

    init(_ settings: Settings) {
        endpoint = settings.text("remote.endpoint")
        region = settings.text("remote.region") ?? "us-east-1"
        addressing = settings.text("remote.addressing") ?? "auto"
        accessKey = settings.text("remote.access_key")
        secretKey = settings.text("remote.secret_key")
        profile = settings.text("remote.profile")
    }

    func overridden(by members: RemoteMembers) -> RemoteDescription {
        var result = self
        result.region = members["region"] ?? region
        result.addressing = members["addressing"] ?? addressing
        if let other = members["endpoint"] {
            // Keys of one place are nothing to another.
            result.endpoint = other
            (result.accessKey, result.secretKey, result.profile) = (nil, nil, nil)
        }
        if let key = members["access_key"] { (result.accessKey, result.secretKey) = (key, nil) }
        result.secretKey = members["secret_key"] ?? result.secretKey
        result.profile = members["profile"] ?? result.profile
        return result
    }

    func remote(of place: String) throws -> RemoteSettings.Remote {
        guard (accessKey == nil) == (secretKey == nil) else {
            throw ConfigurationError("\(place): access_key and secret_key belong together: set both or none.")
        }
        guard ["auto", "path", "virtual"].contains(addressing) else {
            throw ConfigurationError("\(place): addressing is '\(addressing)'; it must be one of: auto, path, virtual.")
        }
        do {
            let endpoint = try RemoteEndpoint(
                url: endpoint ?? "https://s3.\(region).amazonaws.com",
                region: region,
                addressing: RemoteEndpoint.Addressing(rawValue: addressing)
            )
            return RemoteSettings.Remote(
                endpoint: endpoint,
                accessKey: accessKey,
                secretKey: secretKey,
                profile: profile
            )
        } catch let error as RemoteError {
            throw ConfigurationError("\(place): \(error.message).")
        }
    }
}

extension TransportConfiguration {
    fileprivate init(_ settings: Settings) throws {
        self.init()
        if let path = settings.text("remote.ca_file") { trust = .file(path) }
        if try settings.choice("remote.tls_verification", of: ["required", "none"]) == "none" { trust = .anyone }
        version = try settings.choice("remote.http_version", of: ["1.1", "2"]) == "2" ? .http2 : .http1
        timeouts.connect = .seconds(try settings.integer("remote.connect_seconds", in: 1...300))
        timeouts.firstByte = .seconds(try settings.integer("remote.first_byte_seconds", in: 1...3600))
        timeouts.stall = .seconds(try settings.integer("remote.stall_seconds", in: 1...3600))
        maximumTransfers = try settings.integer("remote.transfers", in: 1...10_000)
        maximumWaiting = try settings.integer("remote.waiting_transfers", in: 0...100_000)
        maximumIdleConnections = min(maximumTransfers, 64)
        proxy = settings.text("remote.http_proxy")
    }
}

extension CacheConfiguration {
    fileprivate init(_ settings: Settings, _ transport: TransportConfiguration) throws {
        self.init()
        budget = Int64(try settings.integer("remote.cache_bytes", in: (1 << 20)...(1 << 50)))
        maximumObjects = try settings.integer("remote.cache_objects", in: 100...1_000_000)
        let largest = Int64(try settings.integer("remote.cache_object_bytes", in: 0...(1 << 50)))
        maximumObjectSize = largest == 0 ? budget / 4 : min(largest, budget)
        freshness = Int64(try settings.integer("remote.cache_fresh_seconds", in: 0...31_536_000))
        absence = Int64(try settings.integer("remote.cache_absent_seconds", in: 0...86_400))
        listing = Int64(try settings.integer("remote.cache_listing_seconds", in: 0...86_400))
        timeoutsWithCopy = transport.timeouts
        timeoutsWithCopy.connect = min(transport.timeouts.connect, .seconds(5))
        timeoutsWithCopy.firstByte = min(transport.timeouts.firstByte, .seconds(5))
        maximumRequests = transport.maximumTransfers + transport.maximumWaiting
    }
}
