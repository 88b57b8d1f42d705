/// A request that claims a signature of version 2: its parts, read but not verified.
package struct SigV2Request: Sendable {
    /// Where the signature stands.
    package enum Form: Sendable, Equatable {
        /// In the `Authorization` header.
        case header
        /// In the query; with the text of `Expires`.
        case query(expires: String)
    }

    /// The request as received.
    package let head: RequestHead
    /// Where the signature stands.
    package let form: Form
    /// The access key that is claimed.
    package let accessKeyID: String
    /// The signature as sent, Base64.
    package let signature: String

    /// Reads `AKID:signature`; the signature has no colon, so the last one divides.
    ///
    /// - Throws: `InvalidArgument` naming the header.
    init(authorization: String, header: String, head: RequestHead) throws(S3Error) {
        let text = ByteText.trimmed(authorization)
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else {
            throw .unsupportedAuthorization(
                "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature",
                header: header
            )
        }
        self.head = head
        form = .header
        accessKeyID = String(text[..<colon])
        signature = String(text[text.utf8.index(after: colon)...])
    }

    /// Reads the parameters of a presigned URL.
    ///
    /// - Throws: `AccessDenied` when one of the three is missing.
    init(presigned head: RequestHead) throws(S3Error) {
        guard let accessKeyID = head.target["AWSAccessKeyId"], let signature = head.target["Signature"],
            let expires = head.target["Expires"]
        else { throw .incompleteVersion2Query() }
        self.head = head
        form = .query(expires: expires)
        self.accessKeyID = accessKeyID
        self.signature = signature
    }

    /// The session token that came along, in the query or as a header.
    package var securityToken: String? {
        head.headers["x-amz-security-token"] ?? head.target["x-amz-security-token"]
    }

    /// Checks the policy and the time; call it before the access key is looked up.
    ///
    /// - Throws: `InvalidRequest` where the mechanism is switched off, and the errors of a missing or skewed date or
    ///   an expired URL; `AccessDenied` where the query says something that the signature does not cover.
    package func validate(now: Timestamp, policy: VerificationPolicy) throws(S3Error) {
        try checkCoverage()
        switch form {
        case .header:
            guard policy.allowsVersion2Header else { throw .signatureVersion2Refused() }
            guard let sent = RequestDate(head.headers) else { throw .missingRequestDate() }
            guard !VerificationPolicy.isSkewed(sent.date, now: now) else {
                throw .requestTimeTooSkewed(requestTime: sent.text, now: now)
            }
        case .query(let expires):
            guard policy.allowsVersion2Query else { throw .signatureVersion2Refused() }
            guard !expires.isEmpty, expires.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let seconds = Int64(expires)
            else { throw .invalidVersion2Expiry(expires) }
            let expiry = Timestamp(seconds: seconds)
            guard now <= expiry else { throw .requestExpired(lifetime: nil, at: expiry, now: now) }
        }
    }

    /// Passes when nothing that decides what is done can be changed without the secret.
    ///
    /// Version 2 ended before many sub-resources came: a signed `PUT /b/k` would do for `PUT /b/k?retention`.
    private func checkCoverage() throws(S3Error) {
        let loose = S3Operation.subResources.subtracting(Self.subresources)
        if let name = head.target.parameters.first(where: { loose.contains($0.name) })?.name {
            throw .accessDenied().because("?\(name) is not covered by a signature of version 2; sign with version 4")
        }
        guard form == .header, let name = head.target.amzHeaders.fields.first?.name else { return }
        throw .accessDenied().because("\(name) in the query is not covered by this signature; send it as a header")
    }

    /// Verifies the request; `hostBucket` is the bucket when it came from the host and not from the path.
    ///
    /// - Throws: Everything that `validate` throws, and `SignatureDoesNotMatch`.
    package func verify(
        secret: SigningSecret,
        hostBucket: String?,
        now: Timestamp,
        policy: VerificationPolicy
    ) throws(S3Error) {
        try validate(now: now, policy: policy)
        if let mismatch = mismatch(secret: secret, hostBucket: hostBucket) { throw mismatch.s3Error }
    }

    private func matches(_ text: [UInt8], _ secret: SigningSecret) -> Bool {
        ByteText.equalInConstantTime(SigV2Signature(secret: secret, text: text).base64.utf8, signature.utf8)
    }

    /// What was compared when the signature does not match, nil when it does; time and policy are not looked at.
    package func mismatch(secret: SigningSecret, hostBucket: String?) -> SignatureMismatch? {
        let text = stringToSign(hostBucket: hostBucket)
        guard !matches(text, secret) else { return nil }
        if namesBucketAlone(hostBucket), matches(stringToSign(hostBucket: nil, slash: "/"), secret) { return nil }
        let hasBlank = signature.utf8.contains(UInt8(ascii: " "))
        return SignatureMismatch(
            mechanism: form == .header ? .v2Header : .v2Query,
            accessKeyID: accessKeyID,
            stringToSign: text,
            provided: signature,
            host: hostBucket == nil ? nil : head.headers["Host"],
            note: hasBlank
                ? "Signature holds a blank: a '+' has to travel as %2B"
                : "bucket from the host: \(hostBucket ?? "none"), content type '\(head.headers["Content-Type"] ?? "")'"
        )
    }
}
