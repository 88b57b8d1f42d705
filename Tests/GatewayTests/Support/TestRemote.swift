import HTTPTransport
import Logging
import NIOCore
import NIOHTTP1
import ObjectStorage
import RemoteS3
import S3Protocol

@testable import Gateway

/// A Larder on a port of its own as the remote S3 of a store in this process.
struct TestRemote: Sendable {
    /// The Larder behind.
    let gateway: TestGateway
    let client: RemoteClient

    /// Runs `body` with a remote that has the bucket `uploads`; what `interfere` gives is answered in its stead, what
    /// `falsify` gives after it did what was asked.
    static func run(
        retries: RetryPolicy = RetryPolicy(),
        interfere: @escaping @Sendable (Request) async -> Response? = { _ in nil },
        falsify: @escaping @Sendable (Request) -> Response? = { _ in nil },
        _ body: @Sendable @escaping (TestRemote) async throws -> Void
    ) async throws {
        try await TestGateway.run { gateway in
            let responder = ScriptedResponder { request in
                if let response = await interfere(request) { return response }
                do {
                    let response = try await gateway.respond(to: request)
                    guard let lie = falsify(request) else { return response }
                    // The lie is told of what was done.
                    if case .late(let late) = response.body {
                        let loop = request.body.eventLoop
                        while !Task.isCancelled, await late.rest(within: .seconds(5), on: loop) == nil {}
                    }
                    return lie
                } catch {
                    return Response(.badRequest, contentType: "text/plain", bytes: Array("\(error)".utf8))
                }
            }
            try await withFront(responder) { port, _ in
                let transport = try HTTPTransport()
                let pool = BlockingPool(threadCount: 4)
                let origin = TransportOrigin(scheme: .http, host: "127.0.0.1", port: port)
                let parts = parts(origin, transport, pool, retries)
                let client = RemoteClient(parts, logger: quiet) { TestGateway.now }
                let result: Result<Void, any Error>
                do {
                    result = .success(try await body(TestRemote(gateway: gateway, client: client)))
                } catch {
                    result = .failure(error)
                }
                await transport.shutdown()
                await pool.shutdown()
                try result.get()
            }
        }
    }

    private static func parts(
        _ origin: TransportOrigin,
        _ transport: HTTPTransport,
        _ pool: BlockingPool,
        _ retries: RetryPolicy
    ) -> RemoteClient.Parts {
        let credentials = RemoteCredentials(accessKeyID: TestGateway.accessKey, secret: TestGateway.secret)
        return RemoteClient.Parts(
            endpoint: RemoteEndpoint(origin: origin, region: "us-east-1"),
            transport: transport,
            credentials: CredentialsProvider([FixedCredentials(credentials)]) { TestGateway.now },
            retries: retries,
            pool: pool
        )
    }

    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// The store of the buckets that have routes, with this plan of uploads.
    func store(_ routes: RemoteRoutes, uploads: UploadPlan = UploadPlan()) -> RemoteStore {
        let store = gateway.store
        return RemoteStore(routes: routes, uploads: uploads) { store.spool($0) }
    }

    /// The route of a bucket here to one there.
    func route(
        _ local: BucketName,
        to remote: String,
        prefix: String = "",
        cache: RemoteCache? = nil
    ) -> RemoteRoute {
        let names = RemoteNames(local: local, remote: remote, prefix: Array(prefix.utf8))
        return RemoteRoute(client: client, names: names, cache: cache)
    }

    /// Runs `body` with a cache that has room for all, below the root.
    func withCache(_ body: (RemoteCache) async throws -> Void) async throws {
        var configuration = CacheConfiguration()
        configuration.reservedBytes = 0
        let directory = gateway.root + "/.larder/cache/objects"
        let cache = RemoteCache(configuration, directory: directory, logger: Self.quiet) { TestGateway.now }
        try await cache.load()
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(cache))
        } catch {
            result = .failure(error)
        }
        await cache.close()
        try result.get()
    }
}
