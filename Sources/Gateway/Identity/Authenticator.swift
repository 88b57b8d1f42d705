package import S3Protocol

/// Finds out who a request is from and what it says of its body.
package struct Authenticator: Sendable {
    /// A request whose sender is known.
    package struct Authenticated: Sendable {
        /// Who it is from.
        package let identity: Identity
        /// How its body is to be read.
        package let payload: PayloadMode
        /// The signature, for the chunks of a signed streaming body; nil for SigV2 and anonymous requests.
        package let signature: VerifiedSignature?
        /// How it proved who it is from; nil when anonymous, and for forms, whose handler finds that out.
        package var proof: SignatureProof?
    }

    private let keys: AccessKeys
    private let policy: VerificationPolicy
    private let cache = SigningKeyCache()

    /// An authenticator for these keys under this policy.
    package init(keys: AccessKeys, policy: VerificationPolicy) {
        self.keys = keys
        self.policy = policy
    }

    /// Verifies header or query authentication; a form's fields are verified by `verify(form:)`.
    ///
    /// With `alsoForClassicRegion` a signature for `us-east-1` counts, too, whatever region is demanded.
    ///
    /// - Throws: Every refusal of `sigv4`, in S3's order.
    package func authenticate(
        _ head: RequestHead,
        hostBucket: String?,
        now: Timestamp,
        alsoForClassicRegion: Bool = false
    ) throws(S3Error) -> Authenticated {
        let scheme = try AuthenticationScheme.detect(head)
        var policy = policy
        if alsoForClassicRegion { policy.alsoAcceptedRegions.append(BucketLocation.classic) }
        var authenticated = try authenticate(scheme, head, hostBucket: hostBucket, now: now, policy)
        authenticated.proof = SignatureProof(scheme, head)
        return authenticated
    }

    private func authenticate(
        _ scheme: AuthenticationScheme,
        _ head: RequestHead,
        hostBucket: String?,
        now: Timestamp,
        _ policy: VerificationPolicy
    ) throws(S3Error) -> Authenticated {
        switch scheme {
        case .anonymous:
            return Authenticated(
                identity: .anonymous,
                payload: try PayloadMode.withoutSigningKey(head),
                signature: nil
            )
        case .v4Header(let request), .v4Query(let request):
            let validity = try request.validate(now: now, policy: policy)
            let key = try keys.key(request.credential.accessKeyID)
            let verified = try request.verify(secret: key.secret, validity: validity, cache: cache)
            if let token = verified.securityToken { throw .invalidToken(token) }
            return Authenticated(identity: key.identity, payload: verified.payload, signature: verified)
        case .v2Header(let request), .v2Query(let request):
            try request.validate(now: now, policy: policy)
            let key = try keys.key(request.accessKeyID)
            try request.verify(secret: key.secret, hostBucket: hostBucket, now: now, policy: policy)
            if let token = request.securityToken { throw .invalidToken(token) }
            return Authenticated(
                identity: key.identity,
                payload: try PayloadMode.withoutSigningKey(head),
                signature: nil
            )
        }
    }

    /// Verifies the fields of a form upload.
    ///
    /// - Throws: `InvalidAccessKeyId`, `InvalidToken`, `SignatureDoesNotMatch`.
    package func verify(_ form: PostObjectRequest) throws(S3Error) -> (Identity, VerifiedPostObject) {
        guard let accessKeyID = form.authentication.accessKeyID else {
            return (.anonymous, try form.verified(secret: nil))
        }
        let key = try keys.key(accessKeyID)
        return (key.identity, try form.verified(secret: key.secret, cache: cache))
    }

    /// What forms may do here.
    package var formRules: PostObjectRules {
        PostObjectRules(enforcedRegion: policy.region, allowsVersion2: policy.allowsVersion2Form)
    }
}
