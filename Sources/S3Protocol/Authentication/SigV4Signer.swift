/// Signs requests and URLs with SigV4, as a client does.
package struct SigV4Signer: Sendable {
    /// The access key that signs.
    package let accessKeyID: String
    /// The region that requests are for.
    package let region: String
    /// The session token of temporary credentials.
    package let securityToken: String?
    private let secret: SigningSecret

    /// A signer with these credentials.
    package init(accessKeyID: String, secret: SigningSecret, region: String, securityToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secret = secret
        self.region = region
        self.securityToken = securityToken
    }

    /// A request with its signature, and what chunk signing goes on from.
    package struct SignedRequest: Sendable {
        /// The headers given, then those of the signature.
        package let headers: HeaderList
        /// The signature.
        package let signature: String
        /// The key, for the chunks of a signed streaming body.
        package let signingKey: SigningKey
        /// The scope.
        package let scope: CredentialScope
        /// The time of signing in basic ISO 8601.
        package let date: String
    }

    /// Signs a request whose headers include `Host`; adds `x-amz-date`, `x-amz-content-sha256`, the session token and
    /// `Authorization`.
    ///
    /// Every given header is signed but those that hops change (`Connection`, `Expect`, `User-Agent`, …).
    ///
    /// - Throws: `InvalidURI` when the path has a bad escape or is not UTF-8.
    package func sign(_ head: RequestHead, payload: PayloadMode, at now: Timestamp) throws(S3Error) -> SignedRequest {
        let credential = credential(at: now)
        let date = now.basicISO8601
        var headers = head.headers
        headers.append("x-amz-content-sha256", payload.canonicalText)
        headers.append("x-amz-date", date)
        if let securityToken { headers.append("x-amz-security-token", securityToken) }
        let names = Self.signable(headers)
        let canonical = try CanonicalRequest(
            RequestHead(method: head.method, target: head.target, headers: headers),
            signedHeaders: names,
            payloadHash: payload.canonicalText
        )
        let key = SigningKey(secret: secret, scope: credential.scope)
        let text = StringToSign(date: date, scope: credential.scope, canonicalRequest: canonical)
        let signature = key.signature(of: text.bytes)
        headers.append(
            "Authorization",
            "\(StringToSign.algorithm) Credential=\(credential.text), SignedHeaders=\(names.text), "
                + "Signature=\(signature)"
        )
        return SignedRequest(
            headers: headers,
            signature: signature,
            signingKey: key,
            scope: credential.scope,
            date: date
        )
    }

    /// The raw query, without the `?`, that makes the target of `head` a presigned URL for `lifetime` seconds.
    ///
    /// `head` holds the operation's own parameters and the headers that the user of the URL will have to send, `Host`
    /// at least. Equal arguments give equal URLs.
    ///
    /// - Throws: `InvalidURI` when the target cannot be read; a lifetime beyond a week or below 0 is a fault of form.
    package func presign(
        _ head: RequestHead,
        lifetime: Int64,
        at date: Timestamp,
        payload: PayloadMode = .unsigned
    ) throws(S3Error) -> String {
        guard (0...VerificationPolicy.maximumPresignedSeconds).contains(lifetime) else {
            throw .authorizationQueryParameters("X-Amz-Expires must be between 0 and 604800")
        }
        let credential = credential(at: date)
        let names = Self.signable(head.headers)
        var parameters = [
            ("X-Amz-Algorithm", StringToSign.algorithm), ("X-Amz-Credential", credential.text),
            ("X-Amz-Date", date.basicISO8601), ("X-Amz-Expires", "\(lifetime)"), ("X-Amz-SignedHeaders", names.text),
        ]
        if let securityToken { parameters.append(("X-Amz-Security-Token", securityToken)) }
        if payload != .unsigned { parameters.append(("X-Amz-Content-Sha256", payload.canonicalText)) }
        let encoded = parameters.map { "\($0.0)=\(PercentEncoding.encode($0.1, keepingSlash: false))" }
        let given = head.target.rawQuery.flatMap { $0.isEmpty ? nil : $0 }
        let target = try RequestTarget(
            head.target.rawPath + "?" + ((given.map { [$0] } ?? []) + encoded).joined(separator: "&")
        )
        let canonical = try CanonicalRequest(
            RequestHead(method: head.method, target: target, headers: head.headers),
            signedHeaders: names,
            payloadHash: payload.canonicalText
        )
        let text = StringToSign(date: date.basicISO8601, scope: credential.scope, canonicalRequest: canonical)
        let signature = SigningKey(secret: secret, scope: credential.scope).signature(of: text.bytes)
        return CanonicalRequest.query(target.parameters) + "&X-Amz-Signature=\(signature)"
    }

    /// The credential of this signer on the day of `date`; form uploads carry its text as `x-amz-credential`.
    package func credential(at date: Timestamp) -> Credential {
        Credential(accessKeyID: accessKeyID, scope: CredentialScope(date: date.scopeDate, region: region))
    }

    /// The `x-amz-signature` of a form policy, which is signed as its Base64 text.
    package func sign(policyBase64: String, at date: Timestamp) -> String {
        SigningKey(secret: secret, scope: credential(at: date).scope).signature(of: policyBase64.utf8)
    }

    private static let unsignable = Set([
        "authorization", "connection", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
        "user-agent", "x-amzn-trace-id",
    ])

    private static func signable(_ headers: HeaderList) -> SignedHeaderNames {
        SignedHeaderNames(
            names: headers.fields.map(\.lowercasedName)
                .filter { !unsignable.contains($0) && !ByteText.hasPrefix($0, "proxy-") }
        )
    }
}
