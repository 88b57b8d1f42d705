package import S3Protocol

/// Where a bucket of ours is in a remote S3.
package struct RemoteRoute: Sendable {
    /// The remote.
    package let client: RemoteClient
    /// The names on both sides.
    package let names: RemoteNames
    /// What keeps copies of its objects; nil for the mode `proxy`.
    package let cache: RemoteCache?

    /// A route of these parts.
    package init(client: RemoteClient, names: RemoteNames, cache: RemoteCache? = nil) {
        self.client = client
        self.names = names
        self.cache = cache
    }
}

/// Which buckets are in a remote S3, and where.
package struct RemoteRoutes: Sendable {
    private let named: [BucketName: RemoteRoute]
    private let locals: Set<BucketName>
    /// The remote of all buckets that are not named, each under its own name; nil when those are local.
    package let standard: RemoteClient?
    private let standardCache: RemoteCache?

    /// Routes of the buckets in `named`; of all others but `locals` to `standard`, if there is one.
    package init(
        named: [BucketName: RemoteRoute],
        locals: Set<BucketName> = [],
        standard: RemoteClient? = nil,
        standardCache: RemoteCache? = nil
    ) {
        self.named = named
        self.locals = locals
        self.standard = standard
        self.standardCache = standardCache
    }

    /// No routes: every bucket is local.
    package static let none = RemoteRoutes(named: [:])

    /// Whether every bucket is local.
    package var isEmpty: Bool { named.isEmpty && standard == nil }

    /// The route of a bucket; nil for a local one.
    package func route(of bucket: BucketName) -> RemoteRoute? {
        if let route = named[bucket] { return route }
        guard let standard, !locals.contains(bucket) else { return nil }
        let names = RemoteNames(local: bucket, remote: bucket.string)
        return RemoteRoute(client: standard, names: names, cache: standardCache)
    }

    /// The buckets that have routes of their own, by name.
    package var buckets: [BucketName] { named.keys.sorted() }

    /// Every remote, each once.
    package var clients: [RemoteClient] {
        let all = named.values.map(\.client) + (standard.map { [$0] } ?? [])
        return Array(Dictionary(all.map { (ObjectIdentifier($0), $0) }, uniquingKeysWith: { first, _ in first }).values)
    }
}
