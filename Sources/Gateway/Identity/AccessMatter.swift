import FoundationEssentials
import ObjectStorage
import S3Protocol

/// A request with all that decides on it, before the object itself is looked at.
struct AccessMatter: Sendable {
    /// What is asked.
    var access: AccessRequest
    /// The bucket; nil when the service is asked, or the bucket is to be made.
    var bucket: Bucket?
    /// Who owns the objects of the bucket, which decides whether lists count.
    var ownership = ObjectOwnership.bucketOwnerEnforced
    /// The bucket's policy.
    var bucketPolicy: AccessPolicy?
    /// The tags that the object has, when a policy asks for them.
    var existingTags: [ObjectAttributes.Tag]?

    init(access: AccessRequest) {
        self.access = access
    }

    /// What policies and the bucket's list come to.
    enum Verdict: Equatable {
        /// It is allowed.
        case allowed
        /// It is denied, whatever else allows it.
        case denied(String)
        /// Nothing has allowed it, for these reasons.
        case open([String])
    }

    private var identity: Identity { access.identity }

    /// Whether a policy looks at the tags of the object.
    var asksForTags: Bool { bucketPolicy?.asksForTags == true || identity.policy?.asksForTags == true }

    /// Whether a policy looks into the request's document.
    var asksForDocument: Bool { bucketPolicy?.asksForDocument == true || identity.policy?.asksForDocument == true }

    /// What is decided on an action without a look at the object's own list.
    func verdict(on action: String) -> Verdict {
        let question = question(action)
        let (bucketSays, ownSays) = (
            bucketPolicy?.policy.evaluate(question), identity.policy?.policy.evaluate(question)
        )
        if case .deny(let text)? = bucketSays, !isRepairByRoot {
            return .denied("in the policy of the bucket \(text)")
        }
        if case .deny(let text)? = ownSays { return .denied("in the policy of the access key \(text)") }
        if isAllowedByRank || isAllowed(ownSays) { return .allowed }
        if isAllowed(bucketSays), !isShutOff { return .allowed }
        if let permission = Self.permission(onBucketFor: action, access.operation), gives(permission) {
            return .allowed
        }
        return .open([ownNote(ownSays), bucketNote(bucketSays), listNote(action)].compactMap(\.self))
    }

    /// Whether the caller's own policy lets it list the bucket, and the bucket's does not deny that.
    var isListedByOwnPolicy: Bool {
        let question = question("s3:ListBucket")
        if case .deny? = bucketPolicy?.policy.evaluate(question) { return false }
        return isAllowed(identity.policy?.policy.evaluate(question))
    }

    private func question(_ action: String) -> PolicyRequest {
        PolicyRequest(
            principal: identity.principal,
            action: action,
            bucket: access.bucket,
            key: access.key,
            ownerAccount: Identity.account,
            context: AccessContext(
                request: access,
                existingTags: existingTags,
                bucketTags: bucket?.settings.tags ?? []
            ).values
        )
    }

    private func isAllowed(_ decision: PolicyDecision?) -> Bool {
        if case .allow? = decision { true } else { false }
    }

    // MARK: Rank

    private static let policyOperations: Set<S3Operation> = [.getBucketPolicy, .putBucketPolicy, .deleteBucketPolicy]

    /// A policy cannot lock the root out of replacing it.
    private var isRepairByRoot: Bool {
        identity.kind == .root && Self.policyOperations.contains(access.operation)
    }

    /// Whether the caller may do this for what it is.
    private var isAllowedByRank: Bool {
        switch identity.kind {
        case .root, .signer: return true
        case .anonymous: return false
        case .user:
            // The answer has only what the caller may see.
            if access.operation == .listBuckets { return true }
            guard identity.policy == nil else { return false }
            return access.operation == .createBucket || bucket.map { identity.isUser($0.owner) } ?? false
        }
    }

    /// Whether the public access block keeps the caller from what the bucket's policy allows.
    private var isShutOff: Bool {
        identity.kind == .anonymous && bucketPolicy?.isPublic == true
            && bucket?.settings.publicAccessBlock?.restrictPublicBuckets == true
    }

    // MARK: Reasons

    private func ownNote(_ decision: PolicyDecision?) -> String? {
        if case .none(let text)? = decision { return "in the policy of the access key \(text)" }
        return identity.kind == .user ? "the bucket belongs to another user" : nil
    }

    private func bucketNote(_ decision: PolicyDecision?) -> String? {
        switch decision {
        case .none(let text)?: "in the policy of the bucket \(text)"
        case nil: bucket == nil ? nil : "the bucket has no policy"
        default: "its public access block shuts off what its policy allows to everybody"
        }
    }

    private func listNote(_ action: String) -> String? {
        let ofBucket = Self.permission(onBucketFor: action, access.operation)
        guard bucket != nil, ofBucket ?? Self.permission(onObjectFor: action, access.operation) != nil else {
            return nil
        }
        guard countsLists else { return "access control lists do not count in it (BucketOwnerEnforced)" }
        return ofBucket.map { "its access control list gives no \($0.rawValue)" }
    }

    /// The refusal of an action; strangers are not told what policies say, the log is.
    func refusal(of action: String, _ notes: [String]) -> S3Error {
        let who = identity.name.map { "user \($0)" } ?? (identity.isAuthenticated ? "the caller" : nil)
        let what = who.map { "\($0) may not do \(action)" } ?? "the request is not signed, and \(action) is not public"
        let all = "\(what): \(notes.joined(separator: "; "))"
        return identity.isAuthenticated ? .accessDenied().because(all) : .accessDenied().because(what, logged: all)
    }
}

// MARK: - Access control lists

/// Source: AWS, "Access control list (ACL) overview", the table that maps permissions to actions.
extension AccessMatter {
    private var countsLists: Bool { bucket != nil && ownership != .bucketOwnerEnforced }

    private static func permission(
        onBucketFor action: String,
        _ operation: S3Operation
    ) -> AccessControlList.Permission? {
        switch action {
        case "s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads": .read
        case "s3:PutObject", "s3:DeleteObject": .write
        // Who makes an object says what goes with it.
        case "s3:PutObjectAcl", "s3:PutObjectTagging": operation.makesObjects ? .write : nil
        case "s3:GetBucketAcl": .readACP
        case "s3:PutBucketAcl": .writeACP
        default: nil
        }
    }

    private static func permission(
        onObjectFor action: String,
        _ operation: S3Operation
    ) -> AccessControlList.Permission? {
        switch action {
        case "s3:GetObject", "s3:GetObjectVersion": .read
        case "s3:GetObjectAcl", "s3:GetObjectVersionAcl": .readACP
        case "s3:PutObjectAcl", "s3:PutObjectVersionAcl": operation.makesObjects ? nil : .writeACP
        default: nil
        }
    }

    /// The permission on the object that an action takes; nil when no list of an object gives it.
    func permission(onObjectFor action: String) -> AccessControlList.Permission? {
        access.key != nil && countsLists ? Self.permission(onObjectFor: action, access.operation) : nil
    }

    private func gives(_ permission: AccessControlList.Permission) -> Bool {
        guard countsLists, let bucket else { return false }
        return gives(bucket.settings.accessControl ?? .private(owner: bucket.owner), permission)
    }

    /// Whether the list of an object gives the caller this; an object without one is its owner's alone.
    func list(of record: ObjectRecord, gives permission: AccessControlList.Permission) -> Bool {
        guard countsLists, let bucket else { return false }
        let kept = record.attributes.accessControl.flatMap {
            try? JSONDecoder().decode(AccessControlList.self, from: Data($0.utf8))
        }
        return gives(kept ?? .private(owner: record.attributes.owner ?? bucket.owner), permission)
    }

    /// What owners may do is for their own policies to say, if they have one.
    private func gives(_ list: AccessControlList, _ permission: AccessControlList.Permission) -> Bool {
        guard identity.policy == nil || !identity.isUser(list.owner) else { return false }
        let ignoresPublic = bucket?.settings.publicAccessBlock?.ignorePublicAcls == true
        return (ignoresPublic ? list.withoutPublicGrants : list).allows(
            permission,
            userID: identity.isAuthenticated ? identity.userID : nil,
            isAuthenticated: identity.isAuthenticated
        )
    }
}
