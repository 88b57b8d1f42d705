import ObjectStorage
import RemoteS3
import S3Protocol
import StoreConformance
import Testing

@Suite("Stores with a remote") struct RemoteStoreTests {
    /// Times come from HTTP, to the second.
    private static func promises(_ prefix: String = "") -> StorePromises {
        StorePromises(ordersWithinSecond: false, longestKey: 1_024 - prefix.utf8.count)
    }

    private static let prefixes = ["", "in/", "a b+%/ü"]

    @Test(arguments: prefixes) func `a bucket in a remote does what every object store promises`(
        prefix: String
    ) async throws {
        try await TestRemote.run { remote in
            let store = remote.store(RemoteRoutes(named: [photos: remote.route(photos, to: "uploads", prefix: prefix)]))
            try await objectStoreConformance(Self.promises(prefix)) { store }
        }
    }

    @Test(arguments: prefixes) func `so does one of which copies are kept`(prefix: String) async throws {
        try await TestRemote.run { remote in
            try await remote.withCache { cache in
                let route = remote.route(photos, to: "uploads", prefix: prefix, cache: cache)
                let store = remote.store(RemoteRoutes(named: [photos: route]))
                try await objectStoreConformance(Self.promises(prefix)) { store }
            }
        }
    }

    @Test func `so does one under its own name`() async throws {
        try await TestRemote.run { remote in
            _ = try await remote.gateway.store.createBucket(photos, owner: "o", settings: BucketSettings())
            let store = remote.store(RemoteRoutes(named: [:], standard: remote.client))
            try await objectStoreConformance(Self.promises()) { store }
        }
    }

    @Test(arguments: [true, false]) func `and either kind behind one front`(isRemote: Bool) async throws {
        try await TestRemote.run { remote in
            let local = remote.gateway.store
            if !isRemote { _ = try await local.createBucket(photos, owner: "o", settings: BucketSettings()) }
            let other = isRemote ? photos : try BucketName("other")
            let routes = RemoteRoutes(named: [other: remote.route(other, to: "uploads")])
            let storage = RoutedStorage(
                local: local,
                remote: remote.store(routes),
                routes: routes,
                owner: "o",
                allowedOrigins: []
            )
            try await objectStoreConformance(isRemote ? Self.promises() : StorePromises()) { storage }
        }
    }

    @Test func `a version is found by its id, and a marker of a deletion is no object`() async throws {
        try await TestRemote.run { remote in
            let there = remote.gateway.store
            let bucket = try BucketName("uploads")
            _ = try await there.updateBucket(bucket) { $0.versioning = .enabled }
            let store = remote.store(RemoteRoutes(named: [photos: remote.route(photos, to: "uploads")]))
            let attributes = ObjectAttributes(headers: ["content-type": "a/b"], tags: [.init(key: "t", value: "ü +b")])
            let first = try await store.put("k", "one", attributes)
            let second = try await store.put("k", "two")
            #expect(first.version != .null && first.version != second.version)
            #expect(try await store.head(key("k"), version: first.version, in: photos) == first)
            #expect(try await text(of: store.open(key("k"), version: first.version, in: photos)) == "one")
            try await store.delete(key("k"), in: photos, precondition: .none)
            #expect(await code { _ = try await store.head(key("k"), version: nil, in: photos) } == "NoSuchKey")
            #expect(try await store.head(key("k"), version: second.version, in: photos).size == 3)
        }
    }
}
