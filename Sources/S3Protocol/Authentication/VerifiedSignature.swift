/// A SigV4 signature that proved right, with what the rest of the request needs of it.
///
/// Many hold one, so it is made once and shared.
package final class VerifiedSignature: Sendable {
    /// The access key that signed.
    package let accessKeyID: String
    /// The scope of the signature.
    package let scope: CredentialScope
    /// The time of signing in basic ISO 8601.
    package let date: String
    /// The signature itself: the first link of the chain of chunk signatures.
    package let seedSignature: String
    /// The key for the chunks of the body.
    package let signingKey: SigningKey
    /// What the request says of its body.
    package let payload: PayloadMode
    /// The headers that the signature covers.
    package let signedHeaders: SignedHeaderNames
    /// When a presigned URL ends; nil for the header form.
    package let expiry: Timestamp?
    /// The session token; the caller checks that it belongs to the access key, and refuses one with a permanent key.
    package let securityToken: String?

    init(_ request: SigV4Request, _ validity: SigV4Request.Validity, _ signingKey: SigningKey) {
        accessKeyID = request.credential.accessKeyID
        scope = request.credential.scope
        date = validity.date
        seedSignature = request.signature
        self.signingKey = signingKey
        payload = validity.payload
        signedHeaders = request.signedHeaders
        expiry = validity.expiry
        securityToken = request.securityToken
    }
}
