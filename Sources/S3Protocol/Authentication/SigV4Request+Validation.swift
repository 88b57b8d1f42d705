extension SigV4Request {
    /// What holds of a request before its signature is looked at.
    package struct Validity: Sendable, Equatable {
        /// The time of signing in basic ISO 8601, as it stands in every string to sign.
        package let date: String
        /// What the request says of its body.
        package let payload: PayloadMode
        /// When a presigned URL ends; nil for the header form.
        package let expiry: Timestamp?
    }

    /// Checks region, time and payload mode, in S3's order; call it before the access key is looked up.
    ///
    /// - Throws: The errors of a wrong region, a missing or skewed date, a URL not valid yet or expired, and a bad
    ///   `x-amz-content-sha256`.
    @discardableResult
    package func validate(now: Timestamp, policy: VerificationPolicy) throws(S3Error) -> Validity {
        do {
            try policy.check(credential.scope)
        } catch {
            throw error.error(in: form)
        }
        switch form {
        case .header: return try validateHeader(now: now)
        case .query(let expires): return try validateQuery(expires: expires, now: now)
        }
    }

    private func validateHeader(now: Timestamp) throws(S3Error) -> Validity {
        guard let sent = RequestDate(head.headers) else { throw .missingRequestDate() }
        guard ByteText.equal(sent.date.scopeDate, credential.scope.date) else {
            throw .authorizationHeaderMalformed("Invalid credential date. Date is not the same as X-Amz-Date.")
        }
        guard !VerificationPolicy.isSkewed(sent.date, now: now) else {
            throw .requestTimeTooSkewed(requestTime: sent.text, now: now)
        }
        return Validity(date: sent.date.basicISO8601, payload: try .signedHeader(head), expiry: nil)
    }

    private func validateQuery(expires: String, now: Timestamp) throws(S3Error) -> Validity {
        let text = head.target["X-Amz-Date"] ?? ""
        guard let date = Timestamp(basicISO8601: text) else { throw .missingRequestDate() }
        guard ByteText.equal(date.scopeDate, credential.scope.date) else {
            throw .authorizationQueryParameters(
                "Invalid credential date \"\(credential.scope.date)\". "
                    + "This date is not the same as X-Amz-Date: \"\(text)\"."
            )
        }
        let lifetime = try Self.lifetime(expires)
        guard date <= now.advanced(bySeconds: VerificationPolicy.maximumSkewSeconds) else {
            throw .requestNotValidYet()
        }
        let expiry = date.advanced(bySeconds: lifetime)
        guard now <= expiry else { throw .requestExpired(lifetime: lifetime, at: expiry, now: now) }
        return Validity(date: text, payload: try .presigned(head), expiry: expiry)
    }

    private static func lifetime(_ text: String) throws(S3Error) -> Int64 {
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        let digits = isNegative ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .authorizationQueryParameters("X-Amz-Expires should be a number")
        }
        guard !isNegative else { throw .authorizationQueryParameters("X-Amz-Expires must be non-negative") }
        guard let seconds = Int64(text), seconds <= VerificationPolicy.maximumPresignedSeconds else {
            throw .authorizationQueryParameters(
                "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less "
                    + "than 604800 seconds"
            )
        }
        return seconds
    }
}
