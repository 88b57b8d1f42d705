import S3Protocol

/// The documents by which credentials are handed out.
package enum CredentialsDocument {
    /// The most bytes of one.
    package static let maximumLength = 64 << 10

    /// The JSON of a container's or an instance's metadata endpoint.
    ///
    /// - Throws: `RemoteError` with `credentials`, which never quotes the document.
    package static func parse(metadata bytes: [UInt8]) throws -> RemoteCredentials {
        let limits = JSONReader.Limits(length: maximumLength, depth: 8)
        guard case .object(let members)? = JSONReader.read(bytes, limits: limits) else {
            throw RemoteError(.credentials, "the answer of the metadata endpoint is no JSON object")
        }
        func text(_ name: String) -> String? {
            members.last { ByteText.equal($0.name, name) }?.value.string.flatMap { $0.isEmpty ? nil : $0 }
        }
        if let code = text("Code"), !ByteText.equal(code, "Success") {
            throw RemoteError(
                .credentials,
                "the metadata endpoint answered '\(code)': \(text("Message") ?? "no reason")"
            )
        }
        guard let id = text("AccessKeyId"), let secret = text("SecretAccessKey") else {
            throw RemoteError(.credentials, "the answer of the metadata endpoint has no AccessKeyId or SecretAccessKey")
        }
        return RemoteCredentials(
            accessKeyID: id,
            secret: SigningSecret(secret),
            securityToken: text("Token"),
            expires: try text("Expiration").map(expiry)
        )
    }

    /// The XML of `AssumeRoleWithWebIdentity`.
    ///
    /// - Throws: `RemoteError` with `credentials`.
    package static func parse(webIdentity bytes: [UInt8]) throws -> RemoteCredentials {
        guard bytes.count <= maximumLength, let root = try? XMLNode.parse(bytes) else {
            throw RemoteError(.credentials, "the answer of the token service is no XML document")
        }
        if let refusal = root["Error"] {
            let (code, message) = (refusal["Code"]?.text ?? "no code", refusal["Message"]?.text ?? "no message")
            throw RemoteError(.credentials, "the token service answered \(code): \(message)")
        }
        guard let found = root["AssumeRoleWithWebIdentityResult"]?["Credentials"],
            let id = found["AccessKeyId"]?.text, let secret = found["SecretAccessKey"]?.text, !id.isEmpty,
            !secret.isEmpty
        else { throw RemoteError(.credentials, "the answer of the token service has no credentials") }
        return RemoteCredentials(
            accessKeyID: id,
            secret: SigningSecret(secret),
            securityToken: found["SessionToken"]?.text,
            expires: try (found["Expiration"]?.text).map(expiry)
        )
    }

    private static func expiry(_ text: String) throws -> Timestamp {
        guard let moment = Timestamp(iso8601: ByteText.trimmed(text)) else {
            throw RemoteError(.credentials, "the credentials end at '\(text)', which is no time")
        }
        return moment
    }
}
