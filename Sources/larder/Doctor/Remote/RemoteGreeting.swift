import HTTPTransport
import RemoteS3
import S3Protocol

/// The first answer of a remote, to a request that nobody signed: whether it is encrypted and by whom, and its clock.
struct RemoteGreeting {
    /// How long a certificate should last.
    private static let notice = 21 * 86_400
    /// How far clocks may be apart without a word.
    private static let tolerance: Int64 = 60

    private let target: RemoteTarget
    private let configuration: TransportConfiguration
    private let carrier: HTTPTransport

    init(_ target: RemoteTarget, _ configuration: TransportConfiguration, _ carrier: HTTPTransport) {
        self.target = target
        self.configuration = configuration
        self.carrier = carrier
    }

    private var origin: TransportOrigin { target.remote.endpoint.origin }

    func run() async -> [Diagnosis] {
        do {
            let response = try await carrier.perform(
                TransportRequest(method: "HEAD", origin: origin, target: "/")
            )
            return encryption(response.certificateEnd) + clock(response.headers["Date"])
        } catch let error as TransportError {
            return [failure(error)]
        } catch {
            return [.fail("remote http", "\(error)", "run it again")]
        }
    }

    private func failure(_ error: TransportError) -> Diagnosis {
        guard error.code == .tls else {
            return .fail(
                "remote http",
                "\(origin.text): \(error.message)",
                "see that remote.endpoint is that of an S3 service, with the right scheme (http or https) and port"
            )
        }
        return .fail(
            "remote tls",
            "\(origin.text): \(error.message)",
            "name its authority's PEM file in remote.ca_file; the endpoint's host must be a name in its certificate, and "
                + "the certificate and this machine's clock of today"
        )
    }

    private func encryption(_ end: Timestamp?) -> [Diagnosis] {
        guard origin.scheme == .https else {
            guard !["127.0.0.1", "[::1]", "localhost"].contains(origin.host) else { return [] }
            return [
                .warn(
                    "remote tls",
                    "\(origin.text): what is sent can be read on the way",
                    "use https:// in remote.endpoint, if the remote has it"
                )
            ]
        }
        guard configuration.trust != .anyone else {
            return [
                .warn(
                    "remote tls",
                    "\(origin.text): whoever is on the way can read and change all",
                    "take remote.tls_verification away, and name the remote's authority in remote.ca_file"
                )
            ]
        }
        return [certificate(end)]
    }

    private func certificate(_ end: Timestamp?) -> Diagnosis {
        guard let end else { return .ok("remote tls", "\(origin.text): its certificate is believed") }
        let rest = Int(end.seconds - System.now().seconds)
        let found = "\(origin.text): its certificate is believed, and valid for \(rest / 86_400) more days"
        guard rest > Self.notice else { return .warn("remote tls", found, "have it renewed there") }
        return .ok("remote tls", found)
    }

    private func clock(_ date: String?) -> [Diagnosis] {
        guard let time = date.flatMap({ Timestamp(httpDate: $0) }) else { return [] }
        let seconds = time.seconds - System.now().seconds
        guard abs(seconds) > Self.tolerance else {
            return [.ok("remote clock", "that of \(origin.text) and this machine's agree")]
        }
        return [
            .warn(
                "remote clock",
                "that of \(origin.text) is \(abs(seconds)) s \(seconds > 0 ? "ahead of" : "behind") this machine's",
                "set the wrong one right and keep it so with NTP; beyond 15 minutes requests are refused, and Larder signs "
                    + "with the remote's time only after it was"
            )
        ]
    }
}
