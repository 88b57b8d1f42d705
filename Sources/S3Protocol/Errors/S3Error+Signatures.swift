extension S3Error {
    /// The `Authorization` header of SigV4 cannot be read, or its scope is not ours.
    package static func authorizationHeaderMalformed(_ fault: String) -> S3Error {
        S3Error("AuthorizationHeaderMalformed", status: 400, "The authorization header is malformed; \(fault)")
    }

    /// A parameter of a presigned URL is missing or out of form.
    package static func authorizationQueryParameters(_ fault: String) -> S3Error {
        S3Error("AuthorizationQueryParametersError", status: 400, fault)
    }

    /// The `Authorization` header is of a scheme that S3 does not know, or of no form at all.
    package static func unsupportedAuthorization(_ message: String, header: String) -> S3Error {
        invalidArgument(message, name: "Authorization", value: header)
    }

    /// The same request is signed in its headers and in its query.
    package static func onlyOneAuthorization(header: String) -> S3Error {
        unsupportedAuthorization(
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
                + "parameter or the Authorization header should be specified",
            header: header
        )
    }

    /// Signature version 2 came where it is switched off.
    package static func signatureVersion2Refused() -> S3Error {
        S3Error(
            "InvalidRequest",
            status: 400,
            "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
        )
    }

    /// A signed request carries neither `x-amz-date` nor `Date`, or one that cannot be read.
    package static func missingRequestDate() -> S3Error {
        S3Error("AccessDenied", status: 403, "AWS authentication requires a valid Date or x-amz-date header")
    }

    /// The request was signed more than fifteen minutes before or after `now`; SDKs correct their clock from this.
    package static func requestTimeTooSkewed(requestTime: String, now: Timestamp) -> S3Error {
        S3Error(
            "RequestTimeTooSkewed",
            status: 403,
            "The difference between the request time and the current time is too large.",
            details: [
                Field("RequestTime", requestTime), Field("ServerTime", now.iso8601),
                Field("MaxAllowedSkewMilliseconds", "\(VerificationPolicy.maximumSkewSeconds * 1_000)"),
            ]
        )
    }

    /// The access key is unknown.
    package static func invalidAccessKeyID(_ accessKeyID: String) -> S3Error {
        S3Error(
            "InvalidAccessKeyId",
            status: 403,
            "The AWS Access Key Id you provided does not exist in our records.",
            details: [Field("AWSAccessKeyId", accessKeyID)]
        )
    }

    /// The session token is not one of ours, or came with a permanent key.
    package static func invalidToken(_ token: String) -> S3Error {
        S3Error(
            "InvalidToken",
            status: 400,
            "The provided token is malformed or otherwise invalid.",
            details: [Field("Token-0", token)]
        )
    }

    /// Headers that must be signed were not.
    package static func headersNotSigned(_ names: [String]) -> S3Error {
        S3Error(
            "AccessDenied",
            status: 403,
            "There were headers present in the request which were not signed",
            details: [Field("HeadersNotSigned", names.joined(separator: ", "))]
        )
    }

    /// A presigned URL of version 4 is used more than fifteen minutes before its date.
    package static func requestNotValidYet() -> S3Error {
        S3Error("AccessDenied", status: 403, "Request is not valid yet")
    }

    /// A presigned URL is used after its time; `lifetime` is the `X-Amz-Expires` of version 4, nil for version 2.
    package static func requestExpired(lifetime: Int64?, at expiry: Timestamp, now: Timestamp) -> S3Error {
        let lifetimeField = lifetime.map { [Field("X-Amz-Expires", "\($0)")] } ?? []
        return S3Error(
            "AccessDenied",
            status: 403,
            "Request has expired",
            details: lifetimeField + [Field("Expires", expiry.iso8601), Field("ServerTime", now.iso8601)]
        )
    }

    /// A presigned URL of version 2 lacks one of its three parameters.
    package static func incompleteVersion2Query() -> S3Error {
        S3Error(
            "AccessDenied",
            status: 403,
            "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters"
        )
    }

    /// The `Expires` of a presigned URL of version 2 is not a number of seconds.
    package static func invalidVersion2Expiry(_ text: String) -> S3Error {
        S3Error("AccessDenied", status: 403, "Invalid date (should be seconds since epoch): \(text)")
    }

    /// The signature calculated here is another than the one sent; version 4 requests also tell the canonical request.
    package static func signatureDoesNotMatch(
        accessKeyID: String,
        stringToSign: [UInt8],
        provided: String,
        canonicalRequest: [UInt8]? = nil
    ) -> S3Error {
        var details = [
            Field("AWSAccessKeyId", accessKeyID),
            Field("StringToSign", String(decoding: stringToSign, as: UTF8.self)),
            Field("SignatureProvided", provided),
            Field("StringToSignBytes", Hex.spaced(stringToSign)),
        ]
        if let canonicalRequest {
            details.append(Field("CanonicalRequest", String(decoding: canonicalRequest, as: UTF8.self)))
            details.append(Field("CanonicalRequestBytes", Hex.spaced(canonicalRequest)))
        }
        return S3Error(
            "SignatureDoesNotMatch",
            status: 403,
            "The request signature we calculated does not match the signature you provided. Check your key and "
                + "signing method.",
            details: details
        )
    }
}

// The payload hash line: `x-amz-content-sha256`.
extension S3Error {
    /// A request signed in its headers does not say the hash of its body.
    package static func missingContentSHA256() -> S3Error {
        S3Error("InvalidRequest", status: 400, "Missing required header for this request: x-amz-content-sha256")
    }

    /// `x-amz-content-sha256` is neither a digest nor one of the known words.
    package static func invalidContentSHA256(_ value: String) -> S3Error {
        invalidArgument(
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
                + "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, "
                + "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER "
                + "or a valid sha256 value.",
            name: "x-amz-content-sha256",
            value: value
        )
    }

    /// The body is signed with SigV4A, which is not offered here.
    package static func asymmetricStreamingNotImplemented(_ value: String) -> S3Error {
        S3Error(
            "NotImplemented",
            status: 501,
            "A header you provided implies functionality that is not implemented",
            details: [Field("Header", "x-amz-content-sha256")],
            reason: "SigV4A is not implemented: \(value)"
        )
    }

    /// A streaming value of `x-amz-content-sha256` came with an operation other than PutObject and UploadPart.
    package static func streamingNotAllowed() -> S3Error {
        S3Error("InvalidRequest", status: 400, "The value of x-amz-content-sha256 header is invalid.")
    }

    /// A request without a SigV4 signature announces a body with signed chunks.
    package static func anonymousSignedStreaming() -> S3Error {
        S3Error(
            "InvalidRequest",
            status: 400,
            "Anonymous requests don't support this x-amz-content-sha256 value. Please use UNSIGNED-PAYLOAD or "
                + "STREAMING-UNSIGNED-PAYLOAD-TRAILER."
        )
    }

    /// The body is not the one whose digest was signed; both digests in hexadecimal.
    package static func contentSHA256Mismatch(claimed: String, computed: String) -> S3Error {
        S3Error(
            "XAmzContentSHA256Mismatch",
            status: 400,
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
            details: [
                Field("ClientComputedContentSHA256", claimed), Field("S3ComputedContentSHA256", computed),
            ]
        )
    }
}
