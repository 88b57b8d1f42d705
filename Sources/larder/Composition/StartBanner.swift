import Glibc
import Gateway
import NIOCore
import S3Protocol
import ServiceLifecycle

/// What `larder serve` prints on standard output once it serves.
///
/// A service, because services begin when the signals are already caught: whoever reads `ready` may stop the server at once.
struct StartBanner: Service {
    private let lines: [String]

    init(
        _ settings: ServerSettings,
        credentials: Credentials,
        isNew: Bool,
        address: SocketAddress?
    ) {
        let endpoint = Self.endpoint(settings, address)
        let file = Credentials.path(inRoot: settings.storage)
        let isShown = isNew || settings.isSandbox
        lines = [
            "Larder serves \(settings.storage)",
            "endpoint: \(endpoint)",
            "access key: \(credentials.accessKey)",
            "secret key: "
                + (settings.secretKey == nil || settings.isSandbox
                    ? (isShown ? credentials.secretKey : "kept in \(file)") : "as given"),
            "API token: "
                + (settings.apiToken == nil || settings.isSandbox
                    ? (isShown ? credentials.apiToken : "kept in \(file)") : "as given"),
            "region: \(settings.region)",
            "bucket: \(settings.buckets.map(\.string).joined(separator: ", "))",
            "try: AWS_ACCESS_KEY_ID=\(credentials.accessKey) AWS_SECRET_ACCESS_KEY=SECRET "
                + "aws --endpoint-url \(endpoint) --region \(settings.region) s3 ls",
            "ready",
        ]
    }

    func run() async throws {
        for line in lines { print(line) }
        fflush(nil)
        try await gracefulShutdown()
    }

    /// Where a client on this machine reaches the server.
    static func endpoint(_ settings: ServerSettings, _ address: SocketAddress?) -> String {
        "\(settings.front.tls == nil ? "http" : "https")://\(host(address)):\(address?.port ?? 0)"
    }

    /// An address that a client on this machine can use.
    private static func host(_ address: SocketAddress?) -> String {
        let text = address?.ipAddress ?? "127.0.0.1"
        if text == "0.0.0.0" || text == "::" { return "127.0.0.1" }
        return text.contains(":") ? "[\(text)]" : text
    }
}
