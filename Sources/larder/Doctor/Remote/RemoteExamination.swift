import HTTPTransport
import Logging
import ObjectStorage
import RemoteS3
import S3Protocol

/// Looks at one remote, from the outside in: what lies behind a step that failed is not looked at.
struct RemoteExamination {
    /// How long the remote may take to answer here, whatever a server would wait.
    private static let patience = Duration.seconds(10)

    let target: RemoteTarget
    let transport: TransportConfiguration
    let pool: BlockingPool

    init(_ target: RemoteTarget, _ settings: RemoteSettings, _ pool: BlockingPool) {
        self.target = target
        self.pool = pool
        var transport = settings.transport
        transport.notesCertificates = true
        transport.timeouts.connect = min(transport.timeouts.connect, Self.patience)
        transport.timeouts.firstByte = min(transport.timeouts.firstByte, Self.patience)
        transport.timeouts.total = Self.patience * 2
        self.transport = transport
    }

    func run() async -> [Diagnosis] {
        var found = await RemoteReach(target, transport, pool).run()
        guard !found.hasFailure else { return found }
        do {
            let carrier = try HTTPTransport(transport, name: "doctor")
            found += await ask(carrier)
            await carrier.shutdown()
        } catch {
            found.append(.fail("remote http", "\(error)", "install libcurl (Debian: libcurl4)"))
        }
        return found
    }

    private func ask(_ carrier: HTTPTransport) async -> [Diagnosis] {
        var found = await RemoteGreeting(target, transport, carrier).run()
        guard !found.hasFailure else { return found }
        let keys = await RemoteKeys.find(Remotes.sources(target.remote, carrier, pool))
        guard case .found(let credentials, let place) = keys else { return found + keys.diagnoses }
        let make = { region in client(carrier, credentials, region: region) }
        let probe = RemoteProbe(target: target, place: place, accessKeyID: credentials.accessKeyID)
        let (told, region) = await probe.run(make)
        found += told
        guard let region else { return found }
        for bucket in target.buckets.prefix(RemoteTarget.maximumBuckets) {
            found += await RemoteBucketCheck(target, bucket, make(region)).run()
        }
        return found
    }

    private func client(_ carrier: HTTPTransport, _ credentials: RemoteCredentials, region: String) -> RemoteClient {
        let endpoint = target.remote.endpoint
        let parts = RemoteClient.Parts(
            endpoint: RemoteEndpoint(origin: endpoint.origin, region: region, addressing: endpoint.addressing),
            transport: carrier,
            credentials: CredentialsProvider([FixedCredentials(credentials)], clock: System.now),
            // What passes is looked at by looking again.
            retries: RetryPolicy(attempts: 1),
            breaker: CircuitBreaker.Limits(failures: .max),
            pool: pool
        )
        return RemoteClient(parts, logger: Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() }, clock: System.now)
    }
}

extension [Diagnosis] {
    /// Whether something of it will not work.
    var hasFailure: Bool { contains { $0.level == .fail } }
}
