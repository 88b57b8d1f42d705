import FoundationEssentials
import Glibc
import HTTPTransport
import Logging
import NIOCore
import ObjectStorage
import S3Protocol
import ScriptedServers
import Synchronization
import Testing

@testable import RemoteS3

@Suite("Caches of a remote") struct RemoteCacheTests {
    /// A remote with one object, of which each answer can be held.
    private final class Remote: Sendable {
        private let state = Mutex((content: "one", heads: [String](), isHeld: false, time: Int64(1_000_000)))

        /// The time of both sides, in seconds.
        var time: Int64 { state.withLock { $0.time } }

        /// Lets a second pass.
        func pass() { state.withLock { $0.time += 1 } }

        var heads: [String] { state.withLock { $0.heads } }

        func put(_ content: String) { state.withLock { $0.content = content } }

        func hold(_ isHeld: Bool) { state.withLock { $0.isHeld = isHeld } }

        /// What is there now goes out once nobody holds it.
        func answer(_ peer: Peer, _ head: String) throws {
            let content = state.withLock { state in
                state.heads.append(head)
                return state.content
            }
            while state.withLock({ $0.isHeld }) { usleep(2000) }
            let headers = "ETag: \"\(content)\"\r\n"
            if content.isEmpty {
                return try peer.answer("404 Not Found", "<Error><Code>NoSuchKey</Code><Message>m</Message></Error>")
            }
            guard head.hasPrefix("GET") else {
                return try peer.write("HTTP/1.1 200 OK\r\nContent-Length: \(content.utf8.count)\r\n\(headers)\r\n")
            }
            try peer.answer("200 OK", content, headers: headers)
        }
    }

    private struct Bench {
        let remote: Remote
        let cache: RemoteCache
        let route: RemoteRoute

        var place: CachePlace {
            get throws { try CachePlace(ObjectKey("k"), by: route) }
        }

        /// What a read gives, and whether it is new.
        func read() async throws -> (text: String, isNew: Bool)? {
            guard case .object(let object, let isNew, let lease) = try await cache.find(try place, for: .whole) else {
                return nil
            }
            let content = object.read(0..<object.head.size, holding: lease)
            var text = ""
            while let piece = try await content.next() { text += String(buffer: piece) }
            return (text, isNew)
        }

        func waitUntilAsked(_ count: Int) async throws {
            while remote.heads.count < count { try await Task.sleep(for: .milliseconds(2)) }
        }
    }

    private func withCache(freshness: Int64 = 60, _ body: (Bench) async throws -> Void) async throws {
        let remote = Remote()
        let server = try ScriptedServer { peer, _ in
            while let head = try peer.head() { try remote.answer(peer, head) }
        }
        var template = Array("/tmp/larder-cache-XXXXXX".utf8CString)
        let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
        // All tests run at once: on a slow machine an answer is held for longer than anybody would wait for it.
        let patience = TransportTimeouts(firstByte: .seconds(600), stall: .seconds(600))
        let transport = try HTTPTransport(TransportConfiguration(timeouts: patience))
        let pool = BlockingPool(threadCount: 2)
        let now: @Sendable () -> Timestamp = { Timestamp(seconds: remote.time) }
        let key = RemoteCredentials(accessKeyID: "AKIA", secret: SigningSecret("secret"))
        let parts = RemoteClient.Parts(
            endpoint: RemoteEndpoint(origin: server.origin, region: "us-east-1"),
            transport: transport,
            credentials: CredentialsProvider([FixedCredentials(key)], clock: now),
            retries: RetryPolicy(attempts: 1),
            pool: pool
        )
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var configuration = CacheConfiguration()
        configuration.freshness = freshness
        configuration.timeoutsWithCopy = patience
        configuration.reservedBytes = 0
        let cache = RemoteCache(configuration, directory: directory + "/objects", logger: logger, clock: now)
        try await cache.load()
        let client = RemoteClient(parts, logger: logger, clock: now)
        let names = RemoteNames(local: try BucketName("bucket"), remote: "bucket")
        var failure: (any Error)?
        do {
            try await body(
                Bench(remote: remote, cache: cache, route: RemoteRoute(client: client, names: names, cache: cache))
            )
        } catch {
            failure = error
        }
        remote.hold(false)
        server.close()
        await transport.shutdown()
        await cache.close()
        await pool.shutdown()
        try FileManager.default.removeItem(atPath: directory)
        if let failure { throw failure }
    }

    private func expect(_ bench: Bench, _ text: String, isNew: Bool) async throws {
        let found = try #require(try await bench.read())
        #expect(found.text == text && found.isNew == isNew)
    }

    @Test func `what was read is here`() async throws {
        try await withCache { bench in
            try await expect(bench, "one", isNew: true)
            try await expect(bench, "one", isNew: false)
            #expect(bench.remote.heads.count == 1)
        }
    }

    @Test func `those who ask at once wait for one answer`() async throws {
        try await withCache { bench in
            bench.remote.hold(true)
            try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<20 { group.addTask { try await bench.read()?.text } }
                try await bench.waitUntilAsked(1)
                bench.remote.hold(false)
                for try await text in group { #expect(text == "one") }
            }
            #expect(bench.remote.heads.count == 1)
        }
    }

    @Test func `an answer that was asked for before a write is not kept`() async throws {
        try await withCache { bench in
            bench.remote.hold(true)
            async let early = bench.read()
            try await bench.waitUntilAsked(1)
            try await bench.cache.changing([try bench.place]) { bench.remote.put("two") }
            // Who asks now is not content with the answer that is on its way.
            async let late = bench.read()
            try await bench.waitUntilAsked(2)
            bench.remote.hold(false)
            #expect(try await early?.text == "one")
            #expect(try await late?.text == "two")
            try await expect(bench, "two", isNew: false)
        }
    }

    @Test func `nor is what the remote said of the copy`() async throws {
        try await withCache(freshness: 0) { bench in
            _ = try await bench.read()
            bench.remote.hold(true)
            async let early = bench.read()
            try await bench.waitUntilAsked(2)
            try await bench.cache.changing([try bench.place]) { bench.remote.put("two") }
            bench.remote.hold(false)
            #expect(try await early?.text == "one")
            #expect(try await bench.read()?.text == "two")
        }
    }

    @Test func `an absence that was found before a write is not believed after it`() async throws {
        try await withCache { bench in
            bench.remote.put("")
            bench.remote.hold(true)
            async let early = bench.cache.find(try bench.place, for: .whole)
            try await bench.waitUntilAsked(1)
            try await bench.cache.changing([try bench.place]) { bench.remote.put("two") }
            bench.remote.hold(false)
            if case .refused = try await early {} else { Issue.record("it was not there") }
            #expect(try await bench.read()?.text == "two")
        }
    }

    @Test func `a write that was never sent changes nothing, any other failure does`() async throws {
        try await withCache { bench in
            _ = try await bench.read()
            var unsent = RemoteError(TransportError(.connect, "no"), endpoint: "e")
            unsent.isUnsent = true
            // The last attempt of several, perhaps.
            let unknown = RemoteError(TransportError(.connect, "no"), endpoint: "e")
            for (error, isNew) in [(unsent, false), (unknown, true)] {
                await #expect(throws: RemoteError.self) {
                    try await bench.cache.changing([try bench.place]) { throw error }
                }
                #expect(try await bench.read()?.isNew == isNew)
            }
            await #expect(throws: S3Error.self) {
                try await bench.cache.changing([try bench.place]) { throw S3Error.badGateway("no") }
            }
            #expect(try await bench.read()?.isNew == true)
        }
    }

    @Test func `a bucket that was changed is asked about once more`() async throws {
        try await withCache { bench in
            _ = try await bench.read()
            bench.remote.pass()
            try await bench.cache.changing(bucketOf: bench.route) { bench.remote.put("two") }
            bench.remote.pass()
            #expect(try await bench.read()?.text == "two")
            try await expect(bench, "two", isNew: false)
            // Once for the object, once about the copy, once for the other object.
            #expect(bench.remote.heads.map { $0.prefix(4) } == ["GET ", "HEAD", "GET "])
        }
    }
}
