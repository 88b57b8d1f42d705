/// Who may do what with a bucket or an object beside its policy (AWS, "Access control list (ACL) overview").
package struct AccessControlList: Codable, Equatable, Sendable {
    /// How many grants there may be.
    package static let maximumGrants = 100

    /// What a grant allows.
    package enum Permission: String, CaseIterable, Codable, Sendable {
        /// Everything below.
        case fullControl = "FULL_CONTROL"
        /// List a bucket, or get an object.
        case read = "READ"
        /// Create, overwrite and delete objects of a bucket; nothing for objects.
        case write = "WRITE"
        /// Read the list.
        case readACP = "READ_ACP"
        /// Replace the list.
        case writeACP = "WRITE_ACP"
    }

    /// Callers that need not be named one by one.
    package enum Group: String, CaseIterable, Codable, Sendable {
        /// Everybody, with or without a signature.
        case allUsers = "http://acs.amazonaws.com/groups/global/AllUsers"
        /// Everybody who signs.
        case authenticatedUsers = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
        /// The service that writes access logs into buckets; nobody here.
        case logDelivery = "http://acs.amazonaws.com/groups/s3/LogDelivery"
    }

    /// Whom a grant is for.
    package enum Grantee: Equatable, Sendable {
        /// The user of this canonical id.
        case user(String)
        /// All callers of a group.
        case group(Group)

        /// Bytes decide, not canonical equivalence.
        package static func == (left: Grantee, right: Grantee) -> Bool {
            switch (left, right) {
            case (.user(let one), .user(let other)): ByteText.equal(one, other)
            case (.group(let one), .group(let other)): one == other
            default: false
            }
        }
    }

    /// One permission for one grantee.
    package struct Grant: Equatable, Sendable {
        /// Whom it is for.
        package let grantee: Grantee
        /// What it allows.
        package let permission: Permission

        /// A grant of this permission.
        package init(_ grantee: Grantee, _ permission: Permission) {
            self.grantee = grantee
            self.permission = permission
        }
    }

    /// The canonical id of the owner of the bucket or object.
    package var owner: String
    /// The grants, in the order given.
    package var grants: [Grant]

    /// A list of these grants, which are not checked.
    package init(owner: String, grants: [Grant]) {
        self.owner = owner
        self.grants = grants
    }

    /// The list that gives everything to its owner and nothing to anybody else.
    package static func `private`(owner: String) -> AccessControlList {
        AccessControlList(owner: owner, grants: [Grant(.user(owner), .fullControl)])
    }
}

/// What the list means.
extension AccessControlList {
    /// Whether it lets a caller do this; `userID` is nil for callers without a signature.
    ///
    /// Owners may always read and replace the list, so that they cannot lock themselves out.
    package func allows(_ permission: Permission, userID: String?, isAuthenticated: Bool) -> Bool {
        let isOwner = userID.map { ByteText.equal($0, owner) } ?? false
        if isOwner && (permission == .readACP || permission == .writeACP) { return true }
        return grants.contains { grant in
            (grant.permission == permission || grant.permission == .fullControl)
                && grant.grantee.includes(userID: userID, isAuthenticated: isAuthenticated)
        }
    }

    /// Whether it grants anything to everybody or to everybody who signs.
    package var isPublic: Bool {
        grants.contains { $0.grantee.isPublic }
    }

    /// The list as it counts while a public access block ignores public grants.
    package var withoutPublicGrants: AccessControlList {
        AccessControlList(owner: owner, grants: grants.filter { !$0.grantee.isPublic })
    }

    /// Whether it says no more than that this user, mostly the bucket's owner, has full control.
    package func givesControlOnly(to userID: String) -> Bool {
        !grants.isEmpty && grants.allSatisfy { $0 == Grant(.user(userID), .fullControl) }
    }

    /// Refuses a list that a bucket of this ownership does not take.
    ///
    /// - Throws: `AccessControlListNotSupported` when the ownership is enforced and the list gives anything to others
    ///   than the bucket's owner.
    package func check(_ ownership: ObjectOwnership, bucketOwner: String) throws(S3Error) {
        guard ownership == .bucketOwnerEnforced, !givesControlOnly(to: bucketOwner) else { return }
        throw .accessControlListNotSupported
    }
}

extension AccessControlList.Grantee {
    fileprivate var isPublic: Bool {
        self == .group(.allUsers) || self == .group(.authenticatedUsers)
    }

    fileprivate func includes(userID: String?, isAuthenticated: Bool) -> Bool {
        switch self {
        case .user(let id): userID.map { ByteText.equal($0, id) } ?? false
        case .group(.allUsers): true
        case .group(.authenticatedUsers): isAuthenticated
        case .group(.logDelivery): false
        }
    }
}

/// In settings: `{"user": id, "may": "READ"}`, or with `group` and its address.
extension AccessControlList.Grant: Codable {
    private enum CodingKeys: String, CodingKey {
        case user, group, may
    }

    /// Reads what `encode(to:)` wrote.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        permission = try container.decode(AccessControlList.Permission.self, forKey: .may)
        if let group = try container.decodeIfPresent(AccessControlList.Group.self, forKey: .group) {
            grantee = .group(group)
        } else {
            grantee = .user(try container.decode(String.self, forKey: .user))
        }
    }

    /// Writes the grantee by its kind, and the permission.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch grantee {
        case .user(let id): try container.encode(id, forKey: .user)
        case .group(let group): try container.encode(group, forKey: .group)
        }
        try container.encode(permission, forKey: .may)
    }
}
