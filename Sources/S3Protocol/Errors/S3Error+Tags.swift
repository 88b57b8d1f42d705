extension S3Error {
    /// A tag's key has a character or a length that is not allowed.
    package static func invalidTagKey(_ key: String) -> S3Error {
        invalidTag("The TagKey you have provided is invalid", [Field("TagKey", key)])
    }

    /// A tag's value has a character or a length that is not allowed.
    package static func invalidTagValue(_ value: String, key: String) -> S3Error {
        invalidTag(
            "The TagValue you have provided is invalid",
            [Field("TagKey", key), Field("TagValue", value)]
        )
    }

    /// Two tags have the same key.
    package static func repeatedTagKey(_ key: String) -> S3Error {
        invalidTag("Cannot provide multiple Tags with the same key", [Field("TagKey", key)])
    }

    /// A tag of an object begins with the prefix that is reserved for AWS.
    package static func reservedTagKey(_ key: String) -> S3Error {
        invalidTag("Your TagKey cannot be prefixed with aws:", [Field("TagKey", key)])
    }

    /// A tag of a bucket begins with the prefix that is reserved for AWS.
    package static func systemTagKey(_ key: String) -> S3Error {
        invalidTag("System tags cannot be added/updated by requester", [Field("TagKey", key)])
    }

    /// A tag of a new bucket begins with the prefix that is reserved for AWS; S3 does not name it.
    package static var systemTagKeyOfNewBucket: S3Error {
        invalidTag(
            """
            User-defined tag keys can't start with "aws:". This prefix is reserved for system tags. Remove "aws:" from \
            your tag keys and try again.
            """,
            []
        )
    }

    /// An object is to have more tags than S3 allows.
    package static func tooManyObjectTags(limit: Int) -> S3Error {
        badRequest("Object tags cannot be greater than \(limit)")
    }

    /// A bucket is to have more tags than S3 allows.
    package static func tooManyBucketTags(limit: Int) -> S3Error {
        badRequest("Bucket tag count cannot be greater than \(limit)")
    }

    /// `x-amz-tagging` is no query string, or names a tag twice.
    package static func invalidTaggingHeader(_ value: String) -> S3Error {
        invalidArgument(
            """
            The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name \
            duplicates.
            """,
            name: "x-amz-tagging",
            value: value
        )
    }

    private static func invalidTag(_ message: String, _ details: [Field]) -> S3Error {
        S3Error("InvalidTag", status: 400, message, details: details)
    }
}
