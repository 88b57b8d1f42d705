extension S3Error {
    /// The continuation token is empty, changed, or none of ours; S3 does not echo it.
    package static var invalidContinuationToken: S3Error {
        S3Error(
            "InvalidArgument",
            status: 400,
            "The continuation token provided is incorrect",
            details: [Field("ArgumentName", "continuation-token")]
        )
    }

    /// `encoding-type` has another value than `url`.
    package static func invalidEncodingType(_ value: String) -> S3Error {
        invalidArgument("Invalid Encoding Method specified in Request", name: "encoding-type", value: value)
    }

    /// A page size, such as `max-keys`, is no number that fits 32 bits.
    package static func notAnInteger(_ name: String, value: String) -> S3Error {
        invalidArgument("Provided \(name) not an integer or within integer range", name: name, value: value)
    }

    /// A page size is below zero; `argument` is its name in the text, such as `maxKeys`.
    package static func negativePageSize(_ argument: String, value: String) -> S3Error {
        invalidArgument(
            "Argument \(argument) must be an integer between 0 and 2147483647",
            name: argument,
            value: value
        )
    }

    /// `max-buckets` is not one of 1 to 10000.
    package static func invalidMaxBuckets(_ value: String) -> S3Error {
        invalidArgument(
            "Argument max-buckets must be an integer between 1 and 10000.",
            name: "max-buckets",
            value: value
        )
    }

    /// `bucket-region` cannot be a region; S3 does not echo it as an element.
    package static func invalidBucketRegion(_ value: String) -> S3Error {
        S3Error(
            "InvalidArgument",
            status: 400,
            "Argument value \(value) is not a valid AWS Region",
            details: [Field("ArgumentName", "bucket-region")]
        )
    }
}
