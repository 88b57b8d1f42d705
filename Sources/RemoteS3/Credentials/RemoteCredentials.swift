package import S3Protocol

/// What requests to a remote S3 are signed with.
package struct RemoteCredentials: Sendable {
    /// The access key id.
    package let accessKeyID: String
    /// The secret.
    package let secret: SigningSecret
    /// The session token of temporary credentials.
    package let securityToken: String?
    /// When they end; nil for credentials that last.
    package let expires: Timestamp?

    /// Credentials of these parts.
    package init(accessKeyID: String, secret: SigningSecret, securityToken: String? = nil, expires: Timestamp? = nil) {
        self.accessKeyID = accessKeyID
        self.secret = secret
        self.securityToken = securityToken
        self.expires = expires
    }
}

/// One place where credentials may be.
package protocol CredentialsSource: Sendable {
    /// What the place is called in logs and errors.
    var name: String { get }

    /// The credentials that are there now; nil when this place is not set up.
    ///
    /// - Throws: `RemoteError` with `credentials` when it is set up and gives none.
    func load() async throws -> RemoteCredentials?
}

/// Credentials that are known already: those of the configuration.
package struct FixedCredentials: CredentialsSource {
    package let name: String
    private let credentials: RemoteCredentials

    /// These credentials, which come from the place called `name`.
    package init(_ credentials: RemoteCredentials, from name: String = "configuration") {
        self.credentials = credentials
        self.name = name
    }

    package func load() async throws -> RemoteCredentials? { credentials }
}

/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
package struct EnvironmentCredentials: CredentialsSource {
    package let name = "environment"
    private let environment: [String: String]

    /// The credentials in these variables.
    package init(_ environment: [String: String]) {
        self.environment = environment
    }

    package func load() async throws -> RemoteCredentials? {
        let values = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].map {
            environment[$0].flatMap { $0.isEmpty ? nil : $0 }
        }
        switch (values[0], values[1]) {
        case (nil, nil): return nil
        case (let id?, let secret?):
            let token = environment["AWS_SESSION_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
            return RemoteCredentials(accessKeyID: id, secret: SigningSecret(secret), securityToken: token)
        default:
            throw RemoteError(.credentials, "of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY only one is set: set both")
        }
    }
}
