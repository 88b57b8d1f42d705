extension S3Error {
    /// The size of the object key is beyond 1024 bytes.
    package static func keyTooLong(size: Int) -> S3Error {
        S3Error(
            "KeyTooLongError",
            status: 400,
            "Your key is too long",
            details: [Field("Size", "\(size)"), Field("MaxSizeAllowed", "\(ObjectKey.maximumLength)")]
        )
    }

    /// An argument is not of the form or range that S3 asks for.
    package static func invalidArgument(_ message: String, name: String, value: String) -> S3Error {
        S3Error(
            "InvalidArgument",
            status: 400,
            message,
            details: [Field("ArgumentName", name), Field("ArgumentValue", value)]
        )
    }

    /// The request target cannot be read: a bad escape, or bytes that are not UTF-8.
    package static func invalidURI(_ reason: String) -> S3Error {
        S3Error("InvalidURI", status: 400, "Couldn't parse the specified URI.", reason: reason)
    }

    /// The same refusal with the path that could not be read, as it was sent.
    package func naming(path: String) -> S3Error {
        guard code == "InvalidURI", details.isEmpty else { return self }
        var error = self
        error.details = [Field("URI", path)]
        return error
    }

    /// The bucket's name breaks a naming rule.
    package static func invalidBucketName(_ name: String) -> S3Error {
        S3Error(
            "InvalidBucketName",
            status: 400,
            "The specified bucket is not valid.",
            details: [Field("BucketName", name)]
        )
    }

    /// A request of a form that the operation does not take; `message` is one of S3's texts.
    package static func invalidRequest(_ message: String) -> S3Error {
        S3Error("InvalidRequest", status: 400, message)
    }

    /// A request that S3 calls bad without saying more in its code.
    package static func badRequest(_ message: String) -> S3Error {
        S3Error("BadRequest", status: 400, message)
    }

    /// The bytes are not HTTP as the service understands it.
    package static func malformedHTTP(_ reason: String) -> S3Error {
        badRequest("An error occurred when parsing the HTTP request.").because(reason)
    }

    /// A document is not well-formed, or not of the form that the operation asks for.
    package static func malformedXML(_ reason: String? = nil) -> S3Error {
        S3Error(
            "MalformedXML",
            status: 400,
            "The XML you provided was not well-formed or did not validate against our published schema",
            reason: reason
        )
    }

    /// A document is longer than the operation reads.
    package static func maxMessageLengthExceeded(limit: Int) -> S3Error {
        S3Error(
            "MaxMessageLengthExceeded",
            status: 400,
            "Your request was too big.",
            details: [Field("MaxMessageLengthBytes", "\(limit)")]
        )
    }

    /// The operation needs a document and got no byte.
    package static var missingRequestBody: S3Error {
        S3Error("MissingRequestBodyError", status: 400, "Request Body is empty")
    }

    /// The body ended before its announced length.
    package static func incompleteBody(expected: Int64? = nil, provided: Int64? = nil) -> S3Error {
        S3Error(
            "IncompleteBody",
            status: 400,
            "You did not provide the number of bytes specified by the Content-Length HTTP header",
            details: [
                expected.map { Field("NumberBytesExpected", "\($0)") },
                provided.map { Field("NumberBytesProvided", "\($0)") },
            ].compactMap(\.self)
        )
    }

    /// An upload does not say how long it is.
    package static var missingContentLength: S3Error {
        S3Error("MissingContentLength", status: 411, "You must provide the Content-Length HTTP header.")
    }

    /// A header that the operation needs is not there.
    package static func missingSecurityHeader(_ name: String) -> S3Error {
        S3Error(
            "MissingSecurityHeader",
            status: 400,
            "Your request was missing a required header",
            details: [Field("MissingHeaderName", name)]
        )
    }

    /// The headers are too long together.
    package static func requestHeaderSectionTooLarge(limit: Int) -> S3Error {
        S3Error(
            "RequestHeaderSectionTooLarge",
            status: 400,
            "Your request header section exceeds the maximum allowed size.",
            details: [Field("MaxSizeAllowed", "\(limit)")]
        )
    }

    /// The operation takes no body.
    package static var unexpectedContent: S3Error {
        S3Error("UnexpectedContent", status: 400, "This request does not support content")
    }
}
