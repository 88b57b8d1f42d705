import HTTPTransport
import ObjectStorage
import RemoteS3
import S3Protocol
import Synchronization
import Testing

@testable import Mirror

/// A store whose bucket is mirrored to a fake remote, until the end of `body`.
struct Mirrored {
    let root: TestRoot
    let store: FileStore
    let ledger: ChangeLedger
    let mirror: Mirror
    let remote: FakeRemote

    static func with(
        _ remote: FakeRemote? = nil,
        root: TestRoot = TestRoot(),
        _ change: (inout MirrorPolicy) -> Void = { _ in },
        _ body: (Mirrored) async throws -> Void
    ) async throws {
        let own = try remote ?? FakeRemote()
        var policy = MirrorPolicy()
        policy.retries = RetryPolicy(pause: .milliseconds(10), maximumPause: .milliseconds(50))
        change(&policy)
        let transport = try HTTPTransport(TransportConfiguration(timeouts: TransportTimeouts(firstByte: .seconds(30))))
        let pool = BlockingPool(threadCount: 2)
        let ledger = root.ledger()
        let store = try await root.open(ledger)
        let mirror = try await Mirror(
            store: store,
            ledger: ledger,
            routes: routes(own, transport, pool),
            policy: policy,
            log: quiet,
            clock: now
        )
        let running = Task { await mirror.run() }
        var failure: (any Error)?
        do {
            try await body(Mirrored(root: root, store: store, ledger: ledger, mirror: mirror, remote: own))
        } catch {
            failure = error
        }
        running.cancel()
        await running.value
        await store.close()
        await ledger.close()
        await transport.shutdown()
        await pool.shutdown()
        if remote == nil { own.close() }
        if let failure { throw failure }
    }

    private static func routes(_ remote: FakeRemote, _ transport: HTTPTransport, _ pool: BlockingPool) -> RemoteRoutes {
        let credentials = RemoteCredentials(accessKeyID: "AKIA", secret: SigningSecret("secret"))
        let client = RemoteClient(
            RemoteClient.Parts(
                endpoint: RemoteEndpoint(origin: remote.origin, region: "us-east-1"),
                transport: transport,
                credentials: CredentialsProvider([FixedCredentials(credentials)], clock: now),
                retries: RemoteS3.RetryPolicy(attempts: 3, pause: .milliseconds(1)),
                breaker: CircuitBreaker.Limits(failures: 1_000),
                pool: pool
            ),
            logger: quiet,
            clock: now
        )
        let names = RemoteNames(local: photos, remote: "photos")
        return RemoteRoutes(named: [photos: RemoteRoute(client: client, names: names)])
    }

    /// Waits until nothing waits, and tells the states of all keys that have a row.
    @discardableResult
    func settled() async throws -> [String: MirrorState] {
        let id = try store.bucket(photos).id
        // What was just acknowledged is on its way to the table.
        _ = try await store.checkpoint()
        var states: [String: MirrorState] = [:]
        try await eventually("all keys are settled") {
            let entries = try await mirror.table.entries(bucketID: id, states: MirrorState.allCases, limit: 10_000)
            states = Dictionary(uniqueKeysWithValues: entries.map { ($0.key.string, $0.state) })
            return !states.values.contains(.queued) && ledger.openGap == nil
        }
        return states
    }
}
