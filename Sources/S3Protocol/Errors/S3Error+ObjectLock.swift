extension S3Error {
    /// Only one of the mode and the date of a retention was sent; `missing` is the header of the other.
    package static func incompleteObjectLockHeaders(missing: String) -> S3Error {
        S3Error(
            "InvalidArgument",
            status: 400,
            "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
            details: [Field("ArgumentName", missing)]
        )
    }

    /// A retention mode that S3 does not know.
    package static func unknownRetentionMode(_ value: String) -> S3Error {
        invalidArgument("Unknown wormMode directive.", name: "x-amz-object-lock-mode", value: value)
    }

    /// A retain-until date that has passed.
    package static func retainUntilDateNotInFuture(_ argument: String, value: String) -> S3Error {
        invalidArgument("The retain until date must be in the future!", name: argument, value: value)
    }

    /// A retain-until date of another format.
    package static func retainUntilDateNotISO(_ argument: String, value: String) -> S3Error {
        invalidArgument("The retain until date must be provided in ISO 8601 format", name: argument, value: value)
    }

    /// A legal hold in a header that is neither on nor off.
    package static func unknownLegalHold(_ value: String) -> S3Error {
        invalidArgument(
            "Legal Hold must be either of 'ON' or 'OFF'",
            name: "x-amz-object-lock-legal-hold",
            value: value
        )
    }

    /// A default retention of no or less than no time; `argument` is `Days` or `Years`.
    package static func retentionPeriodNotPositive(_ argument: String, value: Int) -> S3Error {
        invalidArgument(
            "Default retention period must be a positive integer value.",
            name: argument,
            value: String(value)
        )
    }

    /// A default retention of more than a century; `argument` is `Days` or `Years`.
    package static func retentionPeriodTooLarge(_ argument: String, value: Int) -> S3Error {
        invalidArgument("Default retention period too large.", name: argument, value: String(value))
    }

    /// The header that passes over governance retentions was sent for a bucket without a lock; S3 does not echo it.
    package static var bypassWithoutObjectLock: S3Error {
        S3Error(
            "InvalidArgument",
            status: 400,
            "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
            details: [Field("ArgumentName", "x-amz-bypass-governance-retention")]
        )
    }

    /// A retention or legal hold was asked for or set in a bucket without a lock.
    package static var bucketWithoutObjectLock: S3Error {
        invalidRequest("Bucket is missing Object Lock Configuration")
    }

    /// An upload with headers of the lock goes to a bucket without one; S3 words it differently here.
    package static var uploadWithoutObjectLock: S3Error {
        invalidRequest("Bucket is missing ObjectLockConfiguration")
    }

    /// What is locked for years has to be what was meant (AWS, "PutObject", Content-MD5).
    ///
    /// A lock that comes from the bucket's default asks for none: clients that know of no lock write there, too.
    package static var lockedUploadWithoutDigest: S3Error {
        invalidRequest(
            "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters"
        )
    }

    /// A lock needs versions.
    package static var objectLockWithoutVersioning: S3Error {
        invalidBucketState("Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
    }

    /// A bucket with a lock keeps its versions.
    package static var versioningFixedByObjectLock: S3Error {
        invalidBucketState(
            """
            An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.
            """
        )
    }

    /// The version has neither a retention nor a legal hold.
    package static var noObjectLockConfiguration: S3Error {
        S3Error(
            "NoSuchObjectLockConfiguration",
            status: 404,
            "The specified object does not have a ObjectLock configuration"
        )
    }
}
