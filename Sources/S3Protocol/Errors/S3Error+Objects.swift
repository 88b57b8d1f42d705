extension S3Error {
    /// There is no object of this key.
    package static func noSuchKey(_ key: ObjectKey) -> S3Error {
        S3Error("NoSuchKey", status: 404, "The specified key does not exist.", details: [Field("Key", key.string)])
    }

    /// There is no version of this id.
    package static func noSuchVersion(_ key: ObjectKey, version: VersionID) -> S3Error {
        noSuchVersion(key, text: version.text)
    }

    /// There is no version of this id, which need not even be one.
    package static func noSuchVersion(_ key: ObjectKey, text: String) -> S3Error {
        S3Error(
            "NoSuchVersion",
            status: 404,
            "The specified version does not exist.",
            details: [Field("Key", key.string), Field("VersionId", text)]
        )
    }

    /// A precondition does not hold; `condition` is the header as S3 spells it, such as `If-Match`.
    package static func preconditionFailed(condition: String) -> S3Error {
        S3Error(
            "PreconditionFailed",
            status: 412,
            "At least one of the pre-conditions you specified did not hold",
            details: [Field("Condition", condition)]
        )
    }

    /// Another request changed the object while a conditional one was under way.
    package static func conditionalRequestConflict(condition: String, key: ObjectKey) -> S3Error {
        S3Error(
            "ConditionalRequestConflict",
            status: 409,
            "The conditional request cannot succeed due to a conflicting operation against this resource.",
            details: [Field("Condition", condition), Field("Key", key.string)]
        )
    }

    /// No byte of the object lies in the range; carries `Content-Range: bytes */size` (RFC 9110 section 15.5.17).
    package static func invalidRange(_ range: String, size: Int64) -> S3Error {
        S3Error(
            "InvalidRange",
            status: 416,
            "The requested range is not satisfiable",
            details: [Field("RangeRequested", range), Field("ActualObjectSize", "\(size)")],
            headers: [Field("Content-Range", "bytes */\(size)")]
        )
    }

    /// The object has fewer parts than the number asked for.
    package static func invalidPartNumber(_ requested: Int, count: Int) -> S3Error {
        S3Error(
            "InvalidPartNumber",
            status: 416,
            "The requested partnumber is not satisfiable",
            details: [Field("PartNumberRequested", "\(requested)"), Field("ActualPartCount", "\(count)")]
        )
    }

    /// A range and a part were asked for together.
    package static var rangeAndPartNumber: S3Error {
        invalidRequest("Cannot specify both Range header and partNumber query parameter")
    }

    /// The upload is larger than the service or the form's policy allows.
    package static func entityTooLarge(proposed: Int64, limit: Int64) -> S3Error {
        S3Error(
            "EntityTooLarge",
            status: 400,
            "Your proposed upload exceeds the maximum allowed size",
            details: [Field("ProposedSize", "\(proposed)"), Field("MaxSizeAllowed", "\(limit)")]
        )
    }

    /// The upload is smaller than the form's policy, or the part than multipart uploads, allow.
    package static func entityTooSmall(proposed: Int64, limit: Int64) -> S3Error {
        S3Error(
            "EntityTooSmall",
            status: 400,
            "Your proposed upload is smaller than the minimum allowed size",
            details: [Field("ProposedSize", "\(proposed)"), Field("MinSizeAllowed", "\(limit)")]
        )
    }

    /// The names and values of the user metadata are too long together.
    package static func metadataTooLarge(size: Int, limit: Int = 2_048) -> S3Error {
        S3Error(
            "MetadataTooLarge",
            status: 400,
            "Your metadata headers exceed the maximum allowed metadata size",
            details: [Field("Size", "\(size)"), Field("MaxSizeAllowed", "\(limit)")]
        )
    }

    /// There is no storage class of this name.
    package static func invalidStorageClass(_ name: String) -> S3Error {
        S3Error(
            "InvalidStorageClass",
            status: 400,
            "The storage class you specified is not valid",
            details: [Field("StorageClassRequested", name)]
        )
    }

    /// There is no encryption of this name.
    package static func invalidEncryptionAlgorithm(_ name: String) -> S3Error {
        S3Error(
            "InvalidEncryptionAlgorithmError",
            status: 400,
            "The Encryption request you specified is not valid. Supported value: AES256.",
            details: [Field("ArgumentName", "x-amz-server-side-encryption"), Field("ArgumentValue", name)]
        )
    }

    /// The redirect of an object is neither a path nor an address.
    package static var invalidRedirectLocation: S3Error {
        S3Error(
            "InvalidRedirectLocation",
            status: 400,
            "The website redirect location must have a prefix of 'http://' or 'https://' or '/'."
        )
    }
}
