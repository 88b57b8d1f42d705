package import S3Protocol

/// Gives upload authorizations: a signed form for one prefix, recorded as the token's own.
package struct UploadAuthorizer: Sendable {
    /// The access key whose secret signs the forms; the server has to know it when a form comes back.
    package struct Credentials: Sendable {
        /// The access key.
        package let accessKeyID: String
        /// Its secret.
        package let secret: SigningSecret
        /// The region that forms are signed for.
        package let region: String

        /// Credentials of these parts.
        package init(accessKeyID: String, secret: SigningSecret, region: String) {
            self.accessKeyID = accessKeyID
            self.secret = secret
            self.region = region
        }
    }

    private let configuration: AttachmentsConfiguration
    private let credentials: Credentials
    private let store: any RecordStore
    private let clock: @Sendable () -> Timestamp

    /// An authorizer that signs with these credentials.
    package init(
        configuration: AttachmentsConfiguration,
        credentials: Credentials,
        store: any RecordStore,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.configuration = configuration
        self.credentials = credentials
        self.store = store
        self.clock = clock
    }

    /// Authorizes one upload; durable when it returns.
    ///
    /// `url` gives the address of the bucket as browsers reach it.
    /// - Throws: 400 without a content type; 422 for a type that is not allowed, a bad size, file name or bucket.
    package func authorize(
        _ request: UploadRequest,
        client: APIClient,
        url: (BucketName) -> String
    ) async throws -> UploadAuthorizationDocument {
        let contentType = try checkedContentType(request.contentType)
        let sizes = try checkedSizes(request.byteSize)
        let filename = try request.filename.map(Self.checkedFilename)
        let bucket = try checkedBucket(request.bucket)
        let now = clock()
        let prefix = configuration.uploadPrefix + RandomBytes.uuid()
        let expires = now.advanced(bySeconds: configuration.authorizationLifetime)
        let authorization = AuthorizationRecord(
            prefix: prefix,
            tokenID: client.tokenID,
            context: client.context,
            bucket: bucket,
            contentType: contentType,
            filename: filename,
            maximumBytes: sizes.maximum,
            created: now,
            expires: expires,
            sweepDue: sweepTime(created: now, expires: expires)
        )
        try await store.insertAuthorization(authorization)
        return document(authorization, sizes: sizes, url: url(bucket))
    }

    // An upload that began in time may still be on its way for an hour after the form expired.
    private func sweepTime(created: Timestamp, expires: Timestamp) -> Timestamp {
        max(created.advanced(bySeconds: configuration.unclaimedLifetime), expires.advanced(bySeconds: 3_600))
    }

    private func document(
        _ authorization: AuthorizationRecord,
        sizes: PostSizeRange,
        url: String
    ) -> UploadAuthorizationDocument {
        let keyPrefix = authorization.prefix + "/"
        let key = authorization.filename.map { keyPrefix + $0 } ?? authorization.prefix
        let policy = PostPolicyBuilder(
            bucket: authorization.bucket,
            keyPrefix: key,
            contentType: authorization.contentType,
            sizes: sizes,
            lifetimeSeconds: configuration.authorizationLifetime
        )
        let fields = policy.fields(
            accessKeyID: credentials.accessKeyID,
            secret: credentials.secret,
            region: credentials.region,
            now: authorization.created
        )
        return UploadAuthorizationDocument(key: key, keyPrefix: keyPrefix, url: url, fields: fields)
    }
}

// MARK: - Checks

extension UploadAuthorizer {
    private func checkedContentType(_ contentType: String?) throws(APIError) -> String {
        let text = contentType.map { ByteText.trimmed($0) } ?? ""
        guard !text.isEmpty else { throw .contentTypeMissing() }
        guard configuration.allowedTypes.allow(text) else { throw .contentTypeNotAllowed(text) }
        return text
    }

    private func checkedSizes(_ byteSize: String?) throws(APIError) -> PostSizeRange {
        let maximum = min(configuration.maximumBytes, PostSizeRange.maximumUpload)
        guard let byteSize else { return PostSizeRange(maximum: maximum) }
        // Int64 would also take a sign.
        let isNumber = byteSize.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber, let size = Int64(byteSize), size <= maximum else {
            throw .badByteSize(maximum: maximum)
        }
        return PostSizeRange(minimum: size, maximum: size)
    }

    // `${filename}` in a key stands for something else when the form comes back.
    private static func checkedFilename(_ filename: String) throws(APIError) -> String {
        let bytes = filename.utf8
        let isPlain = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") }
        guard (1...255).contains(bytes.count), isPlain, !ByteText.equal(filename, "."), !ByteText.equal(filename, ".."),
            !zip(bytes, bytes.dropFirst()).contains(where: { $0 == UInt8(ascii: "$") && $1 == UInt8(ascii: "{") })
        else { throw .badFilename() }
        return filename
    }

    private func checkedBucket(_ name: String?) throws -> BucketName {
        guard let name else {
            guard let first = configuration.buckets.first else { throw APIError.bucketNotAllowed("") }
            return first
        }
        guard let bucket = configuration.buckets.first(where: { ByteText.equal($0.string, name) }) else {
            throw APIError.bucketNotAllowed(name)
        }
        return bucket
    }
}
