extension S3Error {
    /// The upload id is unknown, or belongs to another key.
    package static func noSuchUpload(_ uploadID: String) -> S3Error {
        S3Error(
            "NoSuchUpload",
            status: 404,
            """
            The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or \
            completed.
            """,
            details: [Field("UploadId", uploadID)]
        )
    }

    /// A listed part was not uploaded, or has another entity tag; two blanks after the first stop, as S3 has it.
    package static func invalidPart(uploadID: String, partNumber: Int, etag: ETag) -> S3Error {
        S3Error(
            "InvalidPart",
            status: 400,
            """
            One or more of the specified parts could not be found.  The part may not have been uploaded, or the \
            specified entity tag may not match the part's entity tag.
            """,
            details: [Field("UploadId", uploadID), Field("PartNumber", "\(partNumber)"), Field("ETag", etag.text)]
        )
    }

    /// The listed parts do not ascend.
    package static func invalidPartOrder(uploadID: String) -> S3Error {
        S3Error(
            "InvalidPartOrder",
            status: 400,
            "The list of parts was not in ascending order. Parts must be ordered by part number.",
            details: [Field("UploadId", uploadID)]
        )
    }

    /// A part that is not the last is smaller than 5 MiB.
    package static func partTooSmall(proposed: Int64, limit: Int64, partNumber: Int, etag: ETag) -> S3Error {
        var error = entityTooSmall(proposed: proposed, limit: limit)
        error.details += [Field("PartNumber", "\(partNumber)"), Field("ETag", etag.text)]
        return error
    }

    /// A part number that is not one of 1 to 10000.
    package static func invalidPartNumberArgument(_ value: String) -> S3Error {
        invalidArgument(
            "Part number must be an integer between 1 and 10000, inclusive",
            name: "partNumber",
            value: value
        )
    }

    /// A listed part's number is below 1.
    package static func partNumberBelowOne(_ value: String) -> S3Error {
        invalidArgument("PartNumber must be >= 1", name: "partNumber", value: value)
    }

    /// CompleteMultipartUpload lists no part.
    package static var noPartListed: S3Error {
        invalidRequest("You must specify at least one part")
    }

    /// `upload-id-marker` names no upload of the key that `key-marker` names.
    package static func invalidUploadIDMarker(_ value: String) -> S3Error {
        invalidArgument("Invalid uploadId marker", name: "upload-id-marker", value: value)
    }

    /// `x-amz-mp-object-size` is no number.
    package static func invalidObjectSize(_ value: String) -> S3Error {
        invalidRequest("Value for x-amz-mp-object-size header is invalid: '\(value)'")
    }

    /// `x-amz-mp-object-size` is below zero.
    package static func negativeObjectSize(_ value: String) -> S3Error {
        invalidRequest("Value for x-amz-mp-object-size header is less than zero: '\(value)'")
    }

    /// The listed parts do not have the size that `x-amz-mp-object-size` declares.
    package static func objectSizeMismatch(declared: Int64, computed: Int64) -> S3Error {
        invalidRequest(
            """
            The provided 'x-amz-mp-object-size' header value \(declared) does not match what was computed: \(computed)
            """
        )
    }
}
