extension SigV4Request {
    /// The outcome of comparing signatures.
    package enum Comparison: Sendable {
        /// The sender holds the secret.
        case match(VerifiedSignature)
        /// It does not, or the request is not the one that was signed.
        case mismatch(SignatureMismatch)
    }

    /// Verifies the request against the secret of its access key.
    ///
    /// Costs one SHA-256 of the head and one HMAC, with four more when `cache` does not hold the key.
    ///
    /// - Throws: Everything that `validate` throws, `AccessDenied` for headers that had to be signed, and
    ///   `SignatureDoesNotMatch`.
    package func verify(
        secret: SigningSecret,
        now: Timestamp,
        policy: VerificationPolicy,
        cache: SigningKeyCache? = nil
    ) throws(S3Error) -> VerifiedSignature {
        try verify(secret: secret, validity: try validate(now: now, policy: policy), cache: cache)
    }

    /// As the other, of a request that was validated already.
    package func verify(
        secret: SigningSecret,
        validity: Validity,
        cache: SigningKeyCache? = nil
    ) throws(S3Error) -> VerifiedSignature {
        switch try compare(secret: secret, validity: validity, cache: cache) {
        case .match(let verified): return verified
        case .mismatch(let mismatch): throw mismatch.s3Error
        }
    }

    /// As `verify`, but a signature that does not match is answered with all that was compared, for an explainer.
    package func compare(
        secret: SigningSecret,
        now: Timestamp,
        policy: VerificationPolicy,
        cache: SigningKeyCache? = nil
    ) throws(S3Error) -> Comparison {
        try compare(secret: secret, validity: try validate(now: now, policy: policy), cache: cache)
    }

    private func compare(
        secret: SigningSecret,
        validity: Validity,
        cache: SigningKeyCache?
    ) throws(S3Error) -> Comparison {
        try checkSignedHeaders(payload: validity.payload)
        let canonical = try canonicalRequest(payload: validity.payload)
        let text = StringToSign(date: validity.date, scope: credential.scope, canonicalRequest: canonical)
        let (key, isKept) =
            cache?.key(secret: secret, credential: credential)
            ?? (SigningKey(secret: secret, scope: credential.scope), false)
        let isSame = ByteText.equalInConstantTime(key.signature(of: text.bytes), signature)
        let repeated = repeatedParameter
        guard isSame, repeated == nil else {
            return .mismatch(mismatch(text, canonical, payload: validity.payload, repeated: repeated))
        }
        if !isKept { cache?.keep(key, secret: secret, credential: credential) }
        return .match(VerifiedSignature(self, validity, key))
    }

    /// The canonical request that the signature is held against.
    ///
    /// - Throws: `InvalidURI` when the path cannot be read.
    package func canonicalRequest(payload: PayloadMode) throws(S3Error) -> CanonicalRequest {
        try CanonicalRequest(
            head,
            signedHeaders: signedHeaders,
            payloadHash: payload.canonicalText,
            query: form == .header ? .whole : .withoutSignature
        )
    }

    /// `host` and every `x-amz-*` header must be signed; the payload hash is signed as a line of its own, but a
    /// presigned URL must not be turned into a streaming upload by an unsigned header.
    private func checkSignedHeaders(payload: PayloadMode) throws(S3Error) {
        var missing: [String] = signedHeaders.contains("host") ? [] : ["host"]
        for field in head.headers.fields {
            let name = field.lowercasedName
            guard ByteText.hasPrefix(name, "x-amz-"), !signedHeaders.contains(name) else { continue }
            if ByteText.equal(name, PayloadMode.headerName), !mustSignPayloadHeader(payload) { continue }
            if !missing.contains(where: { ByteText.equal($0, name) }) { missing.append(name) }
        }
        guard missing.isEmpty else { throw .headersNotSigned(missing) }
    }

    private func mustSignPayloadHeader(_ payload: PayloadMode) -> Bool {
        guard form != .header, case .streaming = payload else { return false }
        return true
    }

    /// A name that came both as a query parameter and as a header: S3 refuses such a presigned request.
    private var repeatedParameter: String? {
        guard form != .header else { return nil }
        return head.target.amzHeaders.fields.first { head.headers[$0.name] != nil }?.name
    }

    private func mismatch(
        _ text: StringToSign,
        _ canonical: CanonicalRequest,
        payload: PayloadMode,
        repeated: String?
    ) -> SignatureMismatch {
        SignatureMismatch(
            mechanism: form == .header ? .v4Header : .v4Query,
            accessKeyID: credential.accessKeyID,
            stringToSign: text.bytes,
            canonicalRequest: canonical,
            provided: signature,
            host: head.headers["Host"],
            note: repeated.map { "\($0) came both in the query and as a header" }
                ?? "payload line '\(payload.canonicalText)', signed headers '\(signedHeaders.text)', "
                + "scope '\(credential.scope.text)'"
        )
    }
}
