import ObjectStorage
import S3Protocol

/// What a request wants to do, as the authorizer is asked: an operation with a bucket or an object, and by whom.
struct AccessRequest: Sendable {
    /// Who asks.
    let identity: Identity
    /// What is to be done.
    var operation: S3Operation
    /// The bucket; nil when the service is asked.
    var bucket: BucketName?
    /// The object; nil when the bucket is asked.
    var key: ObjectKey?
    /// The version that is named.
    var version: VersionID?
    /// The headers, and the query parameters that act as such; of a form its fields.
    var headers: HeaderList
    /// What the request brings with it for its object.
    var content = Content()
    /// How it is signed.
    let proof: SignatureProof?
    /// The request as received.
    let http: Request

    /// What a request sets beside the bytes of an object, where policies can look at it.
    struct Content: Sendable {
        /// The tags.
        var tags: TagSet?
        /// The retention's mode.
        var lockMode: String?
        /// Until when the version is to be kept.
        var retainUntil: Timestamp?
        /// `ON` or `OFF`.
        var legalHold: String?
        /// The region of a bucket that is to be made; nil for the standard one.
        var location: String?
    }

    /// The actions that policies must allow.
    ///
    /// None for DeleteObjects, of which each entry is asked for by itself.
    var actions: [String] {
        operation == .deleteObjects ? [] : operation.requiredActions(hasVersion: version != nil, headers: headers)
    }
}

extension AccessRequest {
    /// Whether a read asks for other headers in its answer than the object has.
    var overridesHeaders: Bool {
        [.getObject, .headObject].contains(operation)
            && http.head.target.parameters.contains { ByteText.hasPrefix($0.name, "response-") }
    }
}

// MARK: - Making one

extension AccessRequest {
    /// What a routed request wants to do.
    ///
    /// - Throws: `InvalidArgument` for a version that can be none.
    init(_ request: S3Request) throws(S3Error) {
        self.init(request, version: request.address.key == nil ? nil : try request.versionID)
    }

    /// What a routed request wants to do with this version.
    init(_ request: S3Request, version: VersionID?) {
        identity = request.authenticated.identity
        operation = request.operation
        bucket = request.address.bucket
        key = request.address.key
        self.version = version
        headers = request.headers
        proof = request.authenticated.proof
        http = request.http
        content = Content(headers: headers)
        // The header counts only where it replaces the source's tags.
        if operation == .copyObject, (try? CopyDirective(tagging: headers)) != .replace { content.tags = nil }
        content.read(request.earlyDocument, of: operation, now: http.received)
    }

    /// What a form that `identity` signed wants to do.
    init(posting form: PostObjectRequest, by identity: Identity, to bucket: BucketName, key: ObjectKey?, http: Request)
    {
        self.identity = identity
        operation = .postObject
        self.bucket = bucket
        self.key = key
        let fields = form.form.fields.map { HeaderList.Field($0.name, $0.text) }
        // The field that the operation honours has a name of its own.
        let acl = form.form["acl"].map { [HeaderList.Field("x-amz-acl", $0)] } ?? []
        headers = HeaderList(acl + fields)
        proof = SignatureProof(form)
        self.http = http
        content = Content(headers: headers)
        content.tags = form.form["tagging"].flatMap { try? TagSet(formField: $0) }
    }

    /// The reading of a copy's source.
    func source(_ bucket: BucketName, _ key: ObjectKey, _ version: VersionID?) -> AccessRequest {
        var source = about(bucket, key, version, .getObject)
        // They are about the destination.
        (source.headers, source.content) = (HeaderList([HeaderList.Field]()), Content())
        return source
    }

    /// The deletion of one of several objects.
    func deletion(_ key: ObjectKey, _ version: VersionID?) -> AccessRequest {
        about(bucket, key, version, .deleteObject)
    }

    /// The listing of the bucket.
    var listing: AccessRequest {
        var listing = about(bucket, nil, nil, .headBucket)
        listing.content = Content()
        return listing
    }

    private func about(
        _ bucket: BucketName?,
        _ key: ObjectKey?,
        _ version: VersionID?,
        _ operation: S3Operation
    ) -> AccessRequest {
        var other = self
        (other.bucket, other.key, other.version, other.operation) = (bucket, key, version, operation)
        return other
    }
}

extension AccessRequest.Content {
    /// What headers say; what cannot be read counts for nothing, since the operation refuses it.
    fileprivate init(headers: HeaderList) {
        tags = headers["x-amz-tagging"].flatMap { try? TagSet(header: $0) }
        lockMode = headers["x-amz-object-lock-mode"]
        retainUntil = headers["x-amz-object-lock-retain-until-date"].flatMap { Timestamp(iso8601: $0) }
        legalHold = headers["x-amz-object-lock-legal-hold"]
    }

    /// Adds what the document of an operation says.
    fileprivate mutating func read(_ document: [UInt8]?, of operation: S3Operation, now: Timestamp) {
        guard let document else { return }
        switch operation {
        case .putObjectTagging: tags = try? TagSet(document: document, of: .object)
        case .putObjectRetention:
            let retention = (try? Retention.parse(document: document, now: now)) ?? nil
            (lockMode, retainUntil) = (retention?.mode.rawValue, retention?.retainUntil)
        case .putObjectLegalHold: legalHold = (try? LegalHold(document: document))?.rawValue
        case .createBucket: location = (try? BucketLocation.constraint(inCreateBucket: document)) ?? nil
        default: break
        }
    }
}
