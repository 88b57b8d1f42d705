extension S3Error {
    /// A setting that a bucket may lack, with the answer S3 gives then.
    package enum AbsentConfiguration: String, CaseIterable, Sendable {
        /// The bucket policy.
        case policy = "NoSuchBucketPolicy"
        /// The CORS rules.
        case cors = "NoSuchCORSConfiguration"
        /// The lifecycle rules.
        case lifecycle = "NoSuchLifecycleConfiguration"
        /// The public access block.
        case publicAccessBlock = "NoSuchPublicAccessBlockConfiguration"
        /// The bucket's tags.
        case tagging = "NoSuchTagSet"
        /// The website settings.
        case website = "NoSuchWebsiteConfiguration"
        /// The default retention.
        case objectLock = "ObjectLockConfigurationNotFoundError"
        /// The ownership controls.
        case ownershipControls = "OwnershipControlsNotFoundError"
        /// The replication rules.
        case replication = "ReplicationConfigurationNotFoundError"
        /// The default encryption.
        case encryption = "ServerSideEncryptionConfigurationNotFoundError"
        /// A named analytics, inventory, metrics or tiering setting; the one that does not name its bucket.
        case named = "NoSuchConfiguration"

        var message: String {
            switch self {
            case .policy: "The bucket policy does not exist"
            case .cors: "The CORS configuration does not exist"
            case .lifecycle: "The lifecycle configuration does not exist"
            case .publicAccessBlock: "The public access block configuration was not found"
            case .tagging: "The TagSet does not exist"
            case .website: "The specified bucket does not have a website configuration"
            case .objectLock: "Object Lock configuration does not exist for this bucket"
            case .ownershipControls: "The bucket ownership controls were not found"
            case .replication: "The replication configuration was not found"
            case .encryption: "The server side encryption configuration was not found"
            case .named: "The specified configuration does not exist."
            }
        }
    }

    /// The bucket does not have the setting that was asked for.
    package static func absent(_ configuration: AbsentConfiguration, in bucket: BucketName) -> S3Error {
        let code = Code(rawValue: configuration.rawValue)
        guard configuration != .named else { return S3Error(code, status: 404, configuration.message) }
        return aboutBucket(code, status: 404, configuration.message, bucket)
    }

    /// The ownership of a new bucket's objects has an unknown value; S3 does not echo it as an element.
    package static func invalidObjectOwnership(_ value: String) -> S3Error {
        S3Error(
            "InvalidArgument",
            status: 400,
            "Invalid x-amz-object-ownership header: \(value)",
            details: [Field("ArgumentName", "x-amz-object-ownership")]
        )
    }

    /// A public access block names none of its parts.
    package static var emptyPublicAccessBlock: S3Error {
        invalidRequest("Must specify at least one configuration.")
    }

    /// A default encryption names a key that its algorithm does not use.
    package static var keyBesideAES256: S3Error {
        S3Error(
            "InvalidArgument",
            status: 400,
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
            details: [Field("ArgumentName", "ApplyServerSideEncryptionByDefault")]
        )
    }

    /// An upload asks for encryption, and the operator has not declared that there is any.
    package static func encryptionNotDeclared(header: String) -> S3Error {
        notImplemented(header: header).because(encryptionHint)
    }

    /// A bucket is to have a default encryption, and the operator has not declared that there is any.
    package static var defaultEncryptionNotDeclared: S3Error {
        notImplemented(because: encryptionHint)
    }

    /// A bucket has no default encryption, since the operator has not declared that there is any.
    package static func encryptionNotDeclared(in bucket: BucketName) -> S3Error {
        absent(.encryption, in: bucket).because(encryptionHint)
    }

    private static let encryptionHint =
        "if the disk below is encrypted, the operator may set encryption.at_rest = declared"

    /// A bucket with a full stop in its name cannot be accelerated.
    package static var accelerateWithPeriods: S3Error {
        invalidRequest("S3 Transfer Acceleration is not supported for buckets with periods (.) in their names")
    }
}
