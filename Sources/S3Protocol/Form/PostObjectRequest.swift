/// A form upload on its way through S3's order of checks, before any byte of its file is read.
///
/// The steps are types, so none can be left out: a request has its mode and credential checked; `verified` gives the
/// signed form once the caller has looked up the secret; `permitted` holds it against its policy; only then, after the
/// caller's own checks of rights and bucket, `upload` says what is to be stored.
package struct PostObjectRequest: Sendable {
    /// The fields, with `${filename}` replaced.
    package let form: PostForm
    /// Who the form says it is from.
    package let authentication: PostAuthentication
    let rules: PostObjectRules

    /// The form as it stood when its file began, with the name that the file part had.
    ///
    /// - Throws: `InvalidArgument` when the key, or a field of the signature, is missing or malformed;
    ///   `InvalidRequest` for SigV2 where it is refused.
    package init(form: PostForm, filename: [UInt8]?, rules: PostObjectRules) throws(S3Error) {
        let form = try form.expanded(filename: filename)
        guard form.nonEmpty("key") != nil else { throw .missingPostField("key") }
        self.form = form
        self.authentication = try PostAuthentication(form, rules: rules)
        self.rules = rules
    }

    /// The form, once its signature is proved by the secret of its access key; an anonymous form passes as it is.
    ///
    /// A session token is accepted only when it is the one that belongs to the key.
    /// - Throws: `InvalidAccessKeyId` without a secret, `InvalidToken`, `SignatureDoesNotMatch`.
    package func verified(
        secret: SigningSecret?,
        sessionToken: String? = nil,
        cache: SigningKeyCache? = nil
    ) throws(S3Error) -> VerifiedPostObject {
        guard let signature else { return VerifiedPostObject(request: self) }
        guard let secret else { throw .invalidAccessKeyID(signature.accessKeyID) }
        try checkToken(sessionToken)
        try signature.verify(secret: secret, cache: cache)
        return VerifiedPostObject(request: self)
    }

    /// The signature over the policy field exactly as it was sent, or nil for an anonymous form.
    private var signature: PolicySignature? {
        let policy = form["policy"] ?? ""
        return switch authentication {
        case .anonymous: nil
        case .version4(let credential):
            PolicySignature(version: .v4(credential), policyBase64: policy, signature: form["x-amz-signature"] ?? "")
        case .version2(let accessKeyID):
            PolicySignature(
                version: .v2(accessKeyID: accessKeyID),
                policyBase64: policy,
                signature: form["signature"] ?? ""
            )
        }
    }

    private func checkToken(_ expected: String?) throws(S3Error) {
        let token = form[PostForm.securityToken] ?? ""
        guard ByteText.equalInConstantTime(Array(token.utf8), Array((expected ?? "").utf8)) else {
            throw .invalidToken(token)
        }
    }
}
