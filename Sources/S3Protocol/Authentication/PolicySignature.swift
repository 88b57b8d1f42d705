/// Verifies the signature of a form upload: its policy document, signed as the Base64 text that was sent.
package struct PolicySignature: Sendable {
    /// The two versions, with the form fields that each needs.
    package enum Version: Sendable {
        /// `x-amz-credential` names the signing key, `x-amz-signature` is hexadecimal.
        case v4(Credential)
        /// `AWSAccessKeyId` with `signature`, which is Base64.
        case v2(accessKeyID: String)
    }

    /// The version.
    package let version: Version
    /// The policy field as sent, Base64.
    package let policyBase64: String
    /// The signature field as sent.
    package let signature: String

    /// The signature of a form, read from its fields by the caller.
    package init(version: Version, policyBase64: String, signature: String) {
        self.version = version
        self.policyBase64 = policyBase64
        self.signature = signature
    }

    /// The access key that the form names.
    package var accessKeyID: String {
        switch version {
        case .v4(let credential): credential.accessKeyID
        case .v2(let accessKeyID): accessKeyID
        }
    }

    /// Checks what the policy of this server says of the mechanism: version 2 may be switched off.
    ///
    /// A V4 credential's region is checked with `VerificationPolicy.check(_:)`, whose fault the form words itself.
    ///
    /// - Throws: `InvalidRequest` when version 2 is refused.
    package func validate(policy: VerificationPolicy) throws(S3Error) {
        guard case .v2 = version, !policy.allowsVersion2Form else { return }
        throw .signatureVersion2Refused()
    }

    /// Verifies the signature.
    ///
    /// - Throws: `SignatureDoesNotMatch`, whose string to sign is the Base64 text.
    package func verify(secret: SigningSecret, cache: SigningKeyCache? = nil) throws(S3Error) {
        guard matches(secret, cache) else {
            throw SignatureMismatch(
                mechanism: .form,
                accessKeyID: accessKeyID,
                stringToSign: Array(policyBase64.utf8),
                provided: signature,
                note: "the Base64 text of the policy as sent"
            ).s3Error
        }
    }

    private func matches(_ secret: SigningSecret, _ cache: SigningKeyCache?) -> Bool {
        switch version {
        case .v2:
            let expected = SigV2Signature(secret: secret, text: policyBase64.utf8).base64
            return ByteText.equalInConstantTime(expected.utf8, signature.utf8)
        case .v4(let credential):
            let (key, isKept) =
                cache?.key(secret: secret, credential: credential)
                ?? (SigningKey(secret: secret, scope: credential.scope), false)
            guard ByteText.equalInConstantTime(key.signature(of: policyBase64.utf8).utf8, signature.utf8)
            else { return false }
            if !isKept { cache?.keep(key, secret: secret, credential: credential) }
            return true
        }
    }
}
