import NIOHTTP1
import ObjectStorage
import S3Protocol

/// What an upload asks for beside its content, held against its bucket: encryption, lock, owner and list.
struct UploadControls: Sendable {
    /// The encryption that the answer tells of; nil when the operator declares none.
    let encryption: ServerSideEncryption?
    /// Until when the version is kept: as the headers say, else by the bucket's default.
    let retention: Retention?
    /// Whether it is kept beyond that; nil when nothing was said.
    let legalHold: LegalHold?
    /// Whether the upload itself asks for a lock, beside what the bucket's default gives.
    let isLockRequested: Bool
    /// The canonical id of the object's owner; nil for the bucket's.
    let owner: String?
    /// The access control list in JSON; nil for that of a private object.
    let accessControl: String?

    /// What the headers of a request say; `x-amz-…` parameters of its query count as such.
    ///
    /// - Throws: as the other, and `NoSuchBucket`.
    init(_ request: S3Request, _ services: S3Services) throws {
        try self.init(
            in: services.bucket(of: request),
            services,
            callerID: request.authenticated.identity.userID,
            header: request.header
        )
    }

    /// What the fields of a form say that this caller has signed.
    ///
    /// - Throws: as the other.
    init(posting upload: PostObjectUpload, in bucket: Bucket, _ services: S3Services, callerID: String) throws(S3Error)
    {
        try self.init(in: bucket, services, callerID: callerID) { $0 == "x-amz-acl" ? upload.cannedACL : nil }
    }

    /// What headers say; `header` gives the value of a header by its name in lower case.
    ///
    /// - Throws: `NotImplemented` and `InvalidEncryptionAlgorithmError` for encryption; `InvalidArgument` and
    ///   `InvalidRequest` for locks; `InvalidArgument`, `InvalidRequest`, `AccessControlListNotSupported` and
    ///   `AccessDenied` for lists.
    init(
        in bucket: Bucket,
        _ services: S3Services,
        callerID: String,
        header: (String) -> String?
    ) throws(S3Error) {
        _ = try ServerSideEncryption.requested(isDeclared: services.isEncryptionDeclared, header: header)
        encryption = services.encryption
        let now = services.clock()
        let lock = try ObjectLockHeaders(now: now, header: header)
        guard lock.isEmpty || bucket.settings.objectLock != nil else { throw .uploadWithoutObjectLock }
        retention = lock.retention ?? bucket.settings.objectLock?.defaultRetention?.retention(madeAt: now)
        legalHold = lock.legalHold
        isLockRequested = !lock.isEmpty
        let owner = services.ownsUpload(callerID, to: bucket, header) ? callerID : bucket.owner
        let context = services.listContext(.object, owner: owner, bucketOwner: bucket.owner, callerID: callerID)
        let list = try AccessControlList(context, headers: header)
        try list?.check(bucket.settings, bucketOwner: bucket.owner, services)
        self.owner = ByteText.equal(owner, bucket.owner) ? nil : owner
        accessControl = list == .private(owner: owner) ? nil : try list?.jsonText()
    }

    /// Sets owner, lock and list; of an object that had others too.
    func apply(to attributes: inout ObjectAttributes) {
        attributes.owner = owner
        attributes.retention = retention
        attributes.legalHold = legalHold.map { $0 == .on }
        attributes.accessControl = accessControl
    }
}

extension S3Services {
    /// The encryption that every answer about an object tells of; nil when the operator declares none.
    var encryption: ServerSideEncryption? { isEncryptionDeclared ? .aes256 : nil }

    /// The header that tells of it.
    var encryptionHeader: HTTPHeaders {
        encryption.map { [$0.field.name: $0.field.value] } ?? [:]
    }

    /// What forms may do here.
    var formRules: PostObjectRules {
        var rules = authenticator.formRules
        rules.encryptionDeclared = isEncryptionDeclared
        return rules
    }

    /// Whether an upload becomes the caller's, not the bucket owner's (AWS, "Controlling ownership of objects").
    fileprivate func ownsUpload(_ callerID: String, to bucket: Bucket, _ header: (String) -> String?) -> Bool {
        switch ownership(of: bucket) {
        case .bucketOwnerEnforced: false
        case .bucketOwnerPreferred: header("x-amz-acl") != CannedACL.bucketOwnerFullControl.rawValue
        case .objectWriter: true
        }
    }
}

extension ObjectRecord {
    /// The headers of an answer about the current version, after a read or a write: its encryption, and when it expires.
    ///
    /// - Parameters:
    ///   - lifecycle: The bucket's rules; nil also when a version was asked for by its id, of which S3 tells no expiry.
    ///   - encryption: The encryption that is declared.
    ///   - day: How long a day of the rules is.
    func controlHeaders(
        lifecycle: LifecycleConfiguration?,
        encryption: ServerSideEncryption?,
        day: LifecycleDay = .standard
    ) -> HTTPHeaders {
        var headers: HTTPHeaders = [:]
        if let field = encryption?.field { headers.add(name: field.name, value: field.value) }
        guard let lifecycle else { return headers }
        let version = LifecycleVersion(
            key: key,
            size: size,
            tags: attributes.tags.map { .init($0.key, $0.value) },
            lastModified: modified,
            isMarker: isDeleteMarker
        )
        if let expiry = lifecycle.expiry(of: version, day: day) {
            headers.add(name: "x-amz-expiration", value: expiry.header)
        }
        return headers
    }

    /// The headers that tell a reader until when the version is kept.
    var retentionHeaders: HTTPHeaders {
        HTTPHeaders(ObjectLockState(retention: attributes.retention, legalHold: nil).fields.map { ($0.name, $0.value) })
    }

    /// The header that tells a reader of the legal hold.
    var legalHoldHeaders: HTTPHeaders {
        let hold = attributes.legalHold.map { $0 ? LegalHold.on : .off }
        return HTTPHeaders(ObjectLockState(retention: nil, legalHold: hold).fields.map { ($0.name, $0.value) })
    }
}

extension S3Services {
    /// The headers of an answer about a version: encryption, and of a current one when it expires.
    func controlHeaders(of record: ObjectRecord, in bucket: BucketName, isCurrent: Bool = true) -> HTTPHeaders {
        let rules = isCurrent ? (try? store.bucket(bucket))?.settings.lifecycle : nil
        return record.controlHeaders(lifecycle: rules, encryption: encryption, day: lifecycleDay)
    }
}

extension HTTPHeaders {
    /// These headers and others.
    func adding(_ others: HTTPHeaders) -> HTTPHeaders {
        var all = self
        all.add(contentsOf: others)
        return all
    }
}
