/// Makes the signed form that lets its holder upload one file under a key prefix.
package struct PostPolicyBuilder: Sendable {
    /// The bucket that the form is posted to.
    package var bucket: BucketName
    /// What the key begins with, without a slash at the end, so that the prefix itself fits too.
    package var keyPrefix: String
    /// The only Content-Type that the form may have.
    package var contentType: String
    /// The sizes that the file may have.
    package var sizes: PostSizeRange
    /// The seconds for which the form can be used.
    package var lifetimeSeconds: Int64

    /// A builder of these values; a form is good for one hour unless said otherwise.
    package init(
        bucket: BucketName,
        keyPrefix: String,
        contentType: String,
        sizes: PostSizeRange,
        lifetimeSeconds: Int64 = 3_600
    ) {
        self.bucket = bucket
        self.keyPrefix = keyPrefix
        self.contentType = contentType
        self.sizes = sizes
        self.lifetimeSeconds = lifetimeSeconds
    }

    /// The fields of a form signed at this moment, in the order in which they are to be sent.
    ///
    /// An empty `x-amz-security-token` closes them: there are clients that cannot do without the name.
    package func fields(
        accessKeyID: String,
        secret: SigningSecret,
        region: String,
        now: Timestamp
    ) -> [PostPolicyBuilder.Field] {
        let credential = Credential(
            accessKeyID: accessKeyID,
            scope: CredentialScope(date: now.scopeDate, region: region)
        )
        let policy = Base64.encode(Array(json(credential: credential, now: now).utf8))
        let key = SigningKey(secret: secret, scope: credential.scope)
        return [
            Field("key", keyPrefix),
            Field("success_action_status", Self.status),
            Field("Content-Type", contentType),
            Field("policy", policy),
            Field("x-amz-credential", credential.text),
            Field("x-amz-algorithm", Self.algorithm),
            Field("x-amz-date", now.basicISO8601),
            Field("x-amz-signature", key.signature(of: policy.utf8)),
            Field("x-amz-security-token", ""),
        ]
    }

    /// The policy as compact JSON; its expiration has no fraction.
    package func json(credential: Credential, now: Timestamp) -> String {
        let conditions = [
            Self.equals("bucket", bucket.string),
            Self.startsWith("$key", keyPrefix),
            Self.startsWith("$Content-Type", ""),
            Self.equals("success_action_status", Self.status),
            Self.equals("Content-Type", contentType),
            "[\"content-length-range\",\(sizes.minimum),\(sizes.maximum)]",
            Self.equals("x-amz-credential", credential.text),
            Self.equals("x-amz-algorithm", Self.algorithm),
            Self.equals("x-amz-date", now.basicISO8601),
        ]
        let expiration = JSONValue.quote(now.advanced(bySeconds: lifetimeSeconds).iso8601)
        return "{\"expiration\":\(expiration),\"conditions\":[\(conditions.joined(separator: ","))]}"
    }

    private static let status = "201"
    private static let algorithm = "AWS4-HMAC-SHA256"

    private static func equals(_ name: String, _ value: String) -> String {
        "{\(JSONValue.quote(name)):\(JSONValue.quote(value))}"
    }

    private static func startsWith(_ field: String, _ prefix: String) -> String {
        "[\"starts-with\",\(JSONValue.quote(field)),\(JSONValue.quote(prefix))]"
    }
}

extension PostPolicyBuilder {
    /// One field of the form.
    package struct Field: Equatable, Sendable {
        /// The field's name, in the casing that S3's documents use.
        package let name: String
        /// Its value.
        package let value: String

        /// A field of this name and value.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }
}
