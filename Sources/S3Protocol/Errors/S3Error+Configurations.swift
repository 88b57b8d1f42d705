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
}
