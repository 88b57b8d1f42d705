/// A form upload whose sender is proved, or that is anonymous; its policy is not read yet.
package struct VerifiedPostObject: Sendable {
    /// The request that was verified.
    package let request: PostObjectRequest

    init(request: PostObjectRequest) {
        self.request = request
    }

    /// The form, once its policy allows it in this bucket at this moment; an anonymous form has none to obey.
    ///
    /// - Throws: `InvalidPolicyDocument`, or `AccessDenied` with what the policy forbids.
    package func permitted(bucket: BucketName, now: Timestamp) throws(S3Error) -> PermittedPostObject {
        guard request.authentication != .anonymous else {
            return PermittedPostObject(request: request, bucket: bucket, sizes: PostSizeRange())
        }
        let policy = try PostPolicy(base64: request.form.bytes("policy") ?? [])
        try checkAge(now: now)
        let sizes = try policy.evaluate(request.form, bucket: bucket.string, now: now)
        return PermittedPostObject(request: request, bucket: bucket, sizes: sizes)
    }

    /// A signing key is good for seven days after its own, whatever expiration the policy claims.
    private func checkAge(now: Timestamp) throws(S3Error) {
        guard case .version4(let credential) = request.authentication,
            let day = Timestamp(scopeDate: credential.scope.date)
        else { return }
        guard now < day.advanced(bySeconds: 8 * 86_400) else {
            throw .invalidAccordingToPolicy("Policy expired.")
                .because("the credential's date \(credential.scope.date) is more than seven days ago")
        }
    }
}

/// A form upload that its policy allows; the caller now checks rights and bucket, then asks for the `upload`.
package struct PermittedPostObject: Sendable {
    /// The request that was permitted.
    package let request: PostObjectRequest
    /// The bucket that was addressed.
    package let bucket: BucketName
    /// The sizes that the file may have.
    package let sizes: PostSizeRange

    init(request: PostObjectRequest, bucket: BucketName, sizes: PostSizeRange) {
        self.request = request
        self.bucket = bucket
        self.sizes = sizes
    }

    /// What is to be stored and answered, with every field's meaning checked.
    ///
    /// - Throws: The 400s of the single fields; `NotImplemented` for encryption and locks.
    package func upload() throws(S3Error) -> PostObjectUpload {
        try PostObjectUpload(self)
    }
}
