extension S3Error {
    /// There is no bucket of this name.
    package static func noSuchBucket(_ name: BucketName) -> S3Error {
        aboutBucket("NoSuchBucket", status: 404, "The specified bucket does not exist", name)
    }

    /// The bucket to be deleted still holds objects or, when `isVersioned`, versions.
    package static func bucketNotEmpty(_ name: BucketName, isVersioned: Bool = false) -> S3Error {
        let versions = isVersioned ? ". You must delete all versions in the bucket." : ""
        return aboutBucket(
            "BucketNotEmpty",
            status: 409,
            "The bucket you tried to delete is not empty" + versions,
            name
        )
    }

    /// The caller already owns a bucket of this name.
    package static func bucketAlreadyOwnedByYou(_ name: BucketName) -> S3Error {
        aboutBucket(
            "BucketAlreadyOwnedByYou",
            status: 409,
            "Your previous request to create the named bucket succeeded and you already own it.",
            name
        )
    }

    /// Another user owns a bucket of this name.
    package static func bucketAlreadyExists(_ name: BucketName) -> S3Error {
        aboutBucket(
            "BucketAlreadyExists",
            status: 409,
            """
            The requested bucket name is not available. The bucket namespace is shared by all users of the system. \
            Please select a different name and try again.
            """,
            name
        )
    }

    /// The location constraint names no region that the service knows.
    package static func invalidLocationConstraint(_ constraint: String) -> S3Error {
        S3Error(
            "InvalidLocationConstraint",
            status: 400,
            "The specified location-constraint is not valid",
            details: [Field("LocationConstraint", constraint)]
        )
    }

    /// The location constraint names another region than the endpoint's; `unspecified` stands for none.
    package static func illegalLocationConstraint(_ constraint: String) -> S3Error {
        S3Error(
            "IllegalLocationConstraintException",
            status: 400,
            """
            The \(constraint) location constraint is incompatible for the region specific endpoint this request was \
            sent to.
            """
        )
    }

    /// `x-amz-expected-bucket-owner` is no account id.
    package static func invalidBucketOwner(_ value: String) -> S3Error {
        S3Error(
            "InvalidBucketOwnerAWSAccountID",
            status: 400,
            "The value of the expected bucket owner parameter must be an AWS Account ID... [\(value)]"
        )
    }

    /// The bucket does not take ACLs.
    package static var accessControlListNotSupported: S3Error {
        S3Error("AccessControlListNotSupported", status: 400, "The bucket does not allow ACLs")
    }

    /// A new bucket is to have ACLs and an ownership that forbids them.
    package static var invalidBucketACLWithObjectOwnership: S3Error {
        S3Error(
            "InvalidBucketAclWithObjectOwnership",
            status: 400,
            "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
        )
    }

    /// The bucket's state forbids the change.
    package static func invalidBucketState(_ message: String) -> S3Error {
        S3Error("InvalidBucketState", status: 409, message)
    }

    /// A versioning configuration without a status.
    package static var illegalVersioningConfiguration: S3Error {
        S3Error(
            "IllegalVersioningConfigurationException",
            status: 400,
            "The Versioning element must be specified"
        )
    }

    /// A bucket policy is not valid; `message` says how.
    package static func malformedPolicy(_ message: String, detail: String? = nil) -> S3Error {
        S3Error(
            "MalformedPolicy",
            status: 400,
            message,
            details: detail.map { [Field("Detail", $0)] } ?? []
        )
    }

    static func aboutBucket(_ code: Code, status: Int, _ message: String, _ name: BucketName) -> S3Error {
        S3Error(code, status: status, message, details: [Field("BucketName", name.string)])
    }
}
