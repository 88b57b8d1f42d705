package import Attachments
package import ObjectStorage
package import S3Protocol

/// Decides who may do what; the one place that does.
///
/// A policy that denies wins over everything. The root may do what nothing denies; a user what its own policy, the
/// bucket's policy or an access control list allows, and without a policy of its own everything with the buckets that
/// it owns; a caller without a signature what the bucket's policy or a list allows. Source: AWS, "How Amazon S3
/// authorizes a request", with one account that all users belong to.
package struct Authorizer: Sendable {
    private let styles: StylesGuard
    let store: any Storage
    let keys: AccessKeys
    let defaultOwnership: ObjectOwnership
    private let policies = PolicyCache()
    private static let readOperations: Set<S3Operation> = [.getObject, .headObject]

    /// An authorizer with this guard, for the buckets and objects of this store and the users of these keys.
    ///
    /// `defaultOwnership` is that of buckets on which it was never set.
    package init(
        styles: StylesGuard,
        store: any Storage,
        keys: AccessKeys,
        defaultOwnership: ObjectOwnership = .bucketOwnerEnforced
    ) {
        self.styles = styles
        self.store = store
        self.keys = keys
        self.defaultOwnership = defaultOwnership
    }

    /// Passes when the caller may do what the request asks for.
    ///
    /// Of DeleteObjects the entries have to be asked for by `authorizeDeletion`, of a copy the source by
    /// `authorizeSource`, and of a rename the source by both.
    ///
    /// - Throws: `NoSuchBucket`; `AccessDenied` with the reason; `NoSuchKey` to a caller who may know that.
    package func authorize(_ request: S3Request) async throws {
        let access: AccessRequest
        do {
            access = try AccessRequest(request)
        } catch {
            try await authorizeAnyVersion(of: request)
            throw error
        }
        try await authorize(access)
    }

    /// Passes when the caller may ask for versions, of a request whose own can be none: a bucket that is missing and a
    /// caller who may not are told first.
    private func authorizeAnyVersion(of request: S3Request) async throws {
        do {
            try await authorize(AccessRequest(request, version: .null))
        } catch {
            let refusal = ErrorResponse.s3Error(error)
            if refusal.status == 403 || refusal.code == "NoSuchBucket" { throw error }
        }
    }

    /// Passes when a request for a remote bucket may be forwarded: version ids are whatever the remote issued, and what is
    /// not known here takes `s3:PassThrough` beside what it looks like.
    ///
    /// - Throws: as `authorize`.
    func authorize(forwarding request: S3Request, isKnown: Bool) async throws {
        let hasVersion = request.address.key != nil && request.http.head.target.has("versionId")
        let access = AccessRequest(request, version: hasVersion ? .null : nil)
        try await authorize(access)
        guard !isKnown else { return }
        try await authorize(access, actions: ["s3:PassThrough"])
    }

    /// Passes when a copy, or a rename, may read its source.
    ///
    /// - Throws: as `authorize`, about the source.
    package func authorizeSource(
        of request: S3Request,
        bucket: BucketName,
        key: ObjectKey,
        version: VersionID?
    ) async throws {
        let access = try AccessRequest(request).source(bucket, key, version)
        try await authorize(access, actions: request.operation.sourceActions(hasVersion: version != nil))
    }

    /// Passes when DeleteObjects may delete this object, or this version of it, or a rename its source.
    ///
    /// - Throws: as `authorize`.
    package func authorizeDeletion(of request: S3Request, key: ObjectKey, version: VersionID?) async throws {
        try await authorize(try AccessRequest(request).deletion(key, version))
    }

    /// Passes when a form may put this object.
    ///
    /// - Throws: as `authorize`.
    func authorize(
        posting form: PostObjectRequest,
        by identity: Identity,
        to bucket: BucketName,
        key: ObjectKey?,
        http: Request
    ) async throws {
        try await authorize(AccessRequest(posting: form, by: identity, to: bucket, key: key, http: http))
    }
}

// MARK: - The order of things

extension Authorizer {
    func authorize(_ access: AccessRequest, actions: [String]? = nil) async throws {
        let matter = try matter(of: access)
        try checkKind(of: access)
        if access.identity.kind != .root || matter.bucketPolicy != nil {
            try await authorize(actions ?? access.actions, matter)
        }
        if !access.identity.isAuthenticated, access.overridesHeaders { throw S3Error.anonymousResponseHeaders }
        guard let bucket = access.bucket, let key = access.key, access.operation.writesObjects else { return }
        try styles.checkWrite(key, in: bucket)
    }

    private func authorize(_ actions: [String], _ matter: AccessMatter) async throws {
        let object = ObjectLookup(store, matter.access)
        var matter = matter
        if matter.asksForTags { matter.existingTags = try await object.tags }
        for action in actions {
            switch matter.verdict(on: action) {
            case .allowed: break
            case .denied(let reason): throw matter.refusal(of: action, [reason])
            case .open(let notes):
                guard !isInitiator(matter.access) else { break }
                try await askObject(object, action, matter, notes)
            }
        }
    }

    /// What the bucket says, beside the request itself.
    func matter(of access: AccessRequest) throws -> AccessMatter {
        var matter = AccessMatter(access: access)
        guard let name = access.bucket, access.operation != .createBucket else { return matter }
        let bucket = try store.bucket(name)
        matter.bucket = bucket
        matter.ownership = bucket.settings.ownership ?? defaultOwnership
        guard let text = bucket.settings.policy else { return matter }
        do {
            matter.bucketPolicy = try policies.policy(text, of: name)
        } catch {
            // Whoever could not replace it would be locked out for good.
            guard access.identity.kind != .root else { return matter }
            throw S3Error.accessDenied().because("the policy of the bucket cannot be read: \(error.message)")
        }
        return matter
    }

    private func checkKind(of access: AccessRequest) throws(S3Error) {
        switch access.identity.kind {
        case .root, .user: return
        case .signer:
            guard access.operation == .postObject || Self.readOperations.contains(access.operation) else {
                throw .accessDenied().because("the internal key may read objects and upload by forms, nothing else")
            }
        case .anonymous:
            if let refusal = access.operation.refusalOfAnonymous { throw refusal }
        }
    }

    /// Who began an upload in parts may list its parts and abort it (AWS, "Multipart upload API and permissions").
    private func isInitiator(_ access: AccessRequest) -> Bool {
        guard [.listParts, .abortMultipartUpload].contains(access.operation), access.identity.policy == nil,
            let bucket = access.bucket, let key = access.key, let id = access.http.head.target["uploadId"],
            let initiator = try? store.multipartUpload(id, of: key, in: bucket).initiator
        else { return false }
        return access.identity.isUser(initiator)
    }

    /// Asks the list of the object itself, the last thing that can allow an action.
    private func askObject(
        _ object: ObjectLookup,
        _ action: String,
        _ matter: AccessMatter,
        _ notes: [String]
    ) async throws {
        guard let permission = matter.permission(onObjectFor: action) else {
            throw matter.refusal(of: action, notes)
        }
        let record: ObjectRecord
        do {
            guard let found = try await object.record else { throw matter.refusal(of: action, notes) }
            record = found
        } catch let error as any S3ErrorConvertible where [404, 405].contains(error.s3Error.status) {
            guard mayList(matter) else { throw matter.refusal(of: action, notes) }
            throw error
        }
        guard !matter.list(of: record, gives: permission) else { return }
        // Of a key that is not there nothing more could be said: who may not list must not tell the two apart.
        let note = "the object's access control list gives no \(permission.rawValue)"
        throw matter.refusal(of: action, mayList(matter) ? notes + [note] : notes)
    }

    func mayList(_ matter: AccessMatter) -> Bool {
        // Links that Larder signed may say that what they are for has gone.
        if matter.access.identity.kind == .signer { return true }
        var listing = matter
        listing.access = matter.access.listing
        return listing.verdict(on: "s3:ListBucket") == .allowed
    }
}
