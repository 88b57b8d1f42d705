package import HTTPTransport
import NIOCore
package import ObjectStorage
import S3Protocol

/// Small requests to endpoints that hand out credentials.
struct MetadataRequest {
    private static let timeouts = TransportTimeouts(
        connect: .seconds(2),
        firstByte: .seconds(5),
        stall: .seconds(5),
        total: .seconds(10)
    )

    let transport: HTTPTransport

    /// The body of the answer 200.
    ///
    /// - Throws: `RemoteError` with `credentials`.
    func send(
        _ method: String,
        _ url: String,
        headers: [(String, String)] = [],
        body: TransportRequest.Body = .none
    ) async throws -> [UInt8] {
        do {
            let request = try TransportRequest(
                method: method,
                url: url,
                headers: HeaderList(headers),
                body: body,
                timeouts: Self.timeouts
            )
            let response = try await transport.perform(request)
            let bytes = try await response.body.collect(upTo: CredentialsDocument.maximumLength)
            guard response.status == 200 || ByteText.hasPrefix(String(buffer: bytes), "<ErrorResponse") else {
                throw RemoteError(.credentials, "\(url) answered \(response.status)")
            }
            return Array(bytes.readableBytesView)
        } catch let error as TransportError {
            throw RemoteError(.credentials, "\(url) gives no credentials: \(error.message)")
        }
    }
}

/// The endpoint of a container: `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or `…_FULL_URI`.
package struct ContainerCredentials: CredentialsSource {
    package let name = "container"
    private let environment: [String: String]
    private let transport: HTTPTransport
    private let pool: BlockingPool

    /// The endpoint that the environment names.
    package init(_ environment: [String: String], transport: HTTPTransport, pool: BlockingPool) {
        self.environment = environment
        self.transport = transport
        self.pool = pool
    }

    package func load() async throws -> RemoteCredentials? {
        guard let url = try Self.url(in: environment) else { return nil }
        let token = try await token()
        let headers = token.map { [("Authorization", $0)] } ?? []
        return try CredentialsDocument.parse(
            metadata: try await MetadataRequest(transport: transport).send("GET", url, headers: headers)
        )
    }

    /// The URL that the environment names: in the clear only to this machine and to the addresses of container hosts.
    ///
    /// - Throws: `RemoteError` with `credentials` for any other.
    package static func url(in environment: [String: String]) throws -> String? {
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"], !path.isEmpty {
            return "http://169.254.170.2\(path)"
        }
        guard let url = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"], !url.isEmpty else { return nil }
        guard let (origin, _) = try? TransportOrigin.split(url) else {
            throw RemoteError(.credentials, "AWS_CONTAINER_CREDENTIALS_FULL_URI is '\(url)', which is no URL")
        }
        guard origin.scheme == .https || isNear(origin.host) else {
            throw RemoteError(
                .credentials,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI is '\(url)': without TLS only loopback and 169.254.170.2, "
                    + "169.254.170.23 and [fd00:ec2::23] are asked"
            )
        }
        return url
    }

    private static func isNear(_ host: String) -> Bool {
        ["localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"].contains(host)
            || ByteText.hasPrefix(host, "127.")
    }

    private func token() async throws -> String? {
        if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"], !path.isEmpty {
            let bytes = try await SmallFile.read(path, limit: CredentialsDocument.maximumLength, pool: pool)
            guard let bytes else { throw RemoteError(.credentials, "there is no token file \(path)") }
            return ByteText.trimmed(String(decoding: bytes, as: UTF8.self))
        }
        return environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// The metadata endpoint of an instance, version 2: a token first, then the role, then its credentials.
package struct InstanceCredentials: CredentialsSource {
    package let name = "instance metadata"
    private let endpoint: String
    private let isDisabled: Bool
    private let transport: HTTPTransport

    /// The endpoint of this instance, or another that the environment names.
    package init(_ environment: [String: String], transport: HTTPTransport) {
        let named = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? "http://169.254.169.254"
        endpoint = named.hasSuffix("/") ? String(named.dropLast()) : named
        isDisabled = ByteText.lowercasedASCII(environment["AWS_EC2_METADATA_DISABLED"] ?? "") == "true"
        self.transport = transport
    }

    package func load() async throws -> RemoteCredentials? {
        guard !isDisabled else { return nil }
        let http = MetadataRequest(transport: transport)
        let token = try await http.send(
            "PUT",
            endpoint + "/latest/api/token",
            headers: [("X-aws-ec2-metadata-token-ttl-seconds", "21600")]
        )
        let headers = [("X-aws-ec2-metadata-token", ByteText.trimmed(String(decoding: token, as: UTF8.self)))]
        let folder = endpoint + "/latest/meta-data/iam/security-credentials/"
        let roles = String(decoding: try await http.send("GET", folder, headers: headers), as: UTF8.self)
        guard let role = roles.split(separator: "\n").first.map({ ByteText.trimmed($0) }), !role.isEmpty else {
            throw RemoteError(.credentials, "the instance has no role: attach an instance profile to it")
        }
        let encoded = PercentEncoding.encode(role, keepingSlash: false)
        return try CredentialsDocument.parse(metadata: try await http.send("GET", folder + encoded, headers: headers))
    }
}

/// A role that a token in a file stands for: `AWS_WEB_IDENTITY_TOKEN_FILE` and `AWS_ROLE_ARN`, as in Kubernetes.
package struct WebIdentityCredentials: CredentialsSource {
    package let name = "web identity"
    private let environment: [String: String]
    private let region: String
    private let transport: HTTPTransport
    private let pool: BlockingPool

    /// The role that the environment names, of the token service of this region.
    package init(_ environment: [String: String], region: String, transport: HTTPTransport, pool: BlockingPool) {
        self.environment = environment
        self.region = region
        self.transport = transport
        self.pool = pool
    }

    package func load() async throws -> RemoteCredentials? {
        guard let path = environment["AWS_WEB_IDENTITY_TOKEN_FILE"], let role = environment["AWS_ROLE_ARN"],
            !path.isEmpty, !role.isEmpty
        else { return nil }
        // Read each time: whoever runs the container replaces the token in the file.
        guard let bytes = try await SmallFile.read(path, limit: CredentialsDocument.maximumLength, pool: pool) else {
            throw RemoteError(.credentials, "there is no token file \(path)")
        }
        let form = Self.form(
            role: role,
            session: environment["AWS_ROLE_SESSION_NAME"] ?? "larder",
            token: ByteText.trimmed(String(decoding: bytes, as: UTF8.self))
        )
        let url = environment["AWS_ENDPOINT_URL_STS"] ?? "https://sts.\(region).amazonaws.com/"
        let answer = try await MetadataRequest(transport: transport).send(
            "POST",
            url,
            headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: .bytes(ByteBuffer(string: form))
        )
        return try CredentialsDocument.parse(webIdentity: answer)
    }

    /// The form of the request.
    package static func form(role: String, session: String, token: String) -> String {
        let fields = [
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
            ("RoleSessionName", session), ("WebIdentityToken", token),
        ]
        return fields.map { "\($0.0)=\(PercentEncoding.encode($0.1, keepingSlash: false))" }.joined(separator: "&")
    }
}
