/// Refusals of a policy that is put. Source: AWS "PutBucketPolicy"; texts as on the wire.
extension S3Error {
    /// The policy breaks a rule of the language; `text` says which.
    package static func malformedPolicy(_ text: String) -> S3Error {
        S3Error("MalformedPolicy", status: 400, text)
    }

    /// The policy is not one JSON object, or begins with something else than `{`.
    package static var policyIsNotJSON: S3Error {
        malformedPolicy("Policies must be valid JSON and the first byte must be '{'")
    }

    /// The policy has more bytes than `Policy.maximumLength`.
    package static func policyTooLong(_ length: Int) -> S3Error {
        malformedPolicy("Policy exceeds the maximum allowed document size.")
            .because("the policy has \(length) bytes; \(Policy.maximumLength) are allowed")
    }

    /// An element that must be there is not.
    package static func policyLacks(_ element: String) -> S3Error {
        malformedPolicy("Missing required field \(element)")
    }

    /// An element has a value of the wrong kind, or stands twice.
    package static func invalidPolicySyntax(_ reason: String) -> S3Error {
        malformedPolicy("Invalid policy syntax.").because(reason)
    }

    /// `Version` is none of the two that exist.
    package static var invalidPolicyVersion: S3Error {
        malformedPolicy("The policy must contain a valid version string")
            .because("Version is 2012-10-17, or 2008-10-17, which knows no variables")
    }

    /// `Effect` is neither `Allow` nor `Deny`.
    package static func invalidPolicyEffect(_ effect: String) -> S3Error {
        malformedPolicy("Invalid effect: \(effect)")
    }

    /// A principal has the wrong form.
    package static func invalidPolicyPrincipal(_ principal: String) -> S3Error {
        S3Error(
            "MalformedPolicy",
            status: 400,
            "Invalid principal in policy",
            details: [Field("Detail", principal)],
            reason: "a principal is \"*\", or AWS with an account number, arn:aws:iam::ACCOUNT:root or "
                + "arn:aws:iam::ACCOUNT:user/NAME, or CanonicalUser with a canonical user id"
        )
    }

    /// An action is none of S3.
    package static func invalidPolicyAction(_ action: String) -> S3Error {
        malformedPolicy("Policy has invalid action")
            .because("'\(PolicyText.printable(action))' names no action of S3")
    }

    /// A resource has the wrong form, or is not of the bucket.
    package static func invalidPolicyResource(_ resource: String, expected: String) -> S3Error {
        malformedPolicy("Policy has invalid resource")
            .because("'\(PolicyText.printable(resource))' is not \(expected)")
    }

    /// An action is for buckets and all resources are objects, or the reverse.
    package static func policyActionFitsNoResource(_ action: String, bucket: BucketName) -> S3Error {
        malformedPolicy("Action does not apply to any resource(s) in statement").because(
            "\(PolicyText.printable(action)) needs another kind of resource: arn:aws:s3:::\(bucket) is the bucket, "
                + "arn:aws:s3:::\(bucket)/* its objects"
        )
    }

    /// A condition compares in a way that does not exist.
    package static func invalidPolicyConditionOperator(_ name: String) -> S3Error {
        malformedPolicy("Invalid Condition type : \(name)")
    }

    /// A condition asks for something that no request has.
    package static func invalidPolicyConditionKey(_ key: String) -> S3Error {
        malformedPolicy("Policy has an invalid condition key")
            .because("'\(PolicyText.printable(key))' is no condition key")
    }
}
