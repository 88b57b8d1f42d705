extension S3Error {
    /// The framing of an aws-chunked body is broken or ends early.
    package static func chunkedBodyTerminated(_ reason: String) -> S3Error {
        S3Error("IncompleteBody", status: 400, "The request body terminated unexpectedly", reason: reason)
    }

    /// The decoded body is shorter or longer than `x-amz-decoded-content-length` said.
    package static func decodedLengthMismatch(announced: Int64, received: Int64) -> S3Error {
        S3Error(
            "IncompleteBody",
            status: 400,
            "You did not provide the number of bytes specified by the Content-Length HTTP header",
            reason: "x-amz-decoded-content-length is \(announced), the chunks come to \(received) bytes or more"
        )
    }

    /// An aws-chunked request does not say the length of its content.
    package static func missingDecodedContentLength() -> S3Error {
        S3Error(
            "MissingContentLength",
            status: 411,
            "You must provide the Content-Length HTTP header.",
            reason: "an aws-chunked body needs a numeric x-amz-decoded-content-length"
        )
    }

    /// A chunk that is not the last is smaller than S3 allows; chunks count from 1.
    package static func invalidChunkSize(chunk: Int, size: Int64) -> S3Error {
        S3Error(
            "InvalidChunkSizeError",
            status: 400,
            "Only the last chunk is allowed to have a size less than 8192 bytes",
            details: [Field("Chunk", "\(chunk)"), Field("BadChunkSize", "\(size)")]
        )
    }

    /// What stands after the last chunk is not what was announced.
    package static func malformedTrailer(_ reason: String) -> S3Error {
        S3Error(
            "MalformedTrailerError",
            status: 400,
            "The request contained trailing data that was not well-formed or did not conform to our published schema.",
            reason: reason
        )
    }

    /// `x-amz-trailer` names something other than one checksum.
    package static func unsupportedTrailer(_ value: String) -> S3Error {
        S3Error(
            "InvalidRequest",
            status: 400,
            "The value specified in the x-amz-trailer header is not supported",
            reason: "x-amz-trailer is \(value)"
        )
    }

    /// The checksum in the trailer is not Base64 of the right length.
    package static func invalidTrailerValue(name: String) -> S3Error {
        S3Error("InvalidRequest", status: 400, "Value for \(name) trailing header is invalid.")
    }

    /// An unsigned payload is said to be aws-chunked without the length that decoding needs.
    package static func chunkedEncodingNotSupported() -> S3Error {
        invalidArgument(
            "aws-chunked encoding is not supported when x-amz-content-sha256 UNSIGNED-PAYLOAD is supplied",
            name: "x-amz-content-sha256",
            value: "UNSIGNED-PAYLOAD"
        )
    }
}
