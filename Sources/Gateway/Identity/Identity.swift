import S3Protocol

/// Who a request is from.
package struct Identity: Sendable, Equatable {
    /// What kind of caller this is.
    package enum Kind: Sendable, Equatable {
        /// Nobody proved to be anybody.
        case anonymous
        /// The holder of the root key: everything is allowed that no bucket's policy denies.
        case root
        /// Larder itself, by the internal key that signs its URLs and upload forms: may read objects and put them by a
        /// form, nothing else.
        case signer
        /// The holder of a user's access key: may do what policies and lists allow, and without a policy of its own
        /// everything with the buckets that the user owns.
        case user
    }

    /// The account of the root and of all users: 12 digits.
    package static let account = RefusedHeaders.account

    /// What kind of caller this is.
    package let kind: Kind
    /// The access key that signed, nil when anonymous.
    package let accessKeyID: String?
    /// The canonical user id: 64 hexadecimal digits.
    package let userID: String
    /// The name shown as `DisplayName`.
    package let displayName: String
    /// The user's name, as ARNs have it; nil for all but users.
    package let name: String?
    /// The policy of the access key.
    package let policy: AccessPolicy?

    /// The caller without a signature.
    package static let anonymous = Identity(
        kind: .anonymous,
        accessKeyID: nil,
        userID: "65a011a29cdf8ec533ec3d1ccaae921c",
        displayName: "anonymous"
    )

    /// An identity of these parts.
    package init(
        kind: Kind,
        accessKeyID: String?,
        userID: String,
        displayName: String,
        name: String? = nil,
        policy: AccessPolicy? = nil
    ) {
        self.kind = kind
        self.accessKeyID = accessKeyID
        self.userID = userID
        self.displayName = displayName
        self.name = name
        self.policy = policy
    }
}

extension Identity {
    /// Whether the caller signed.
    package var isAuthenticated: Bool { kind != .anonymous }

    /// The account of the caller; nil when anonymous.
    package var accountID: String? { isAuthenticated ? Self.account : nil }

    /// `arn:aws:iam::ACCOUNT:user/NAME`, or `arn:aws:iam::ACCOUNT:root`; nil when anonymous.
    package var arn: String? {
        guard isAuthenticated else { return nil }
        return "arn:aws:iam::\(Self.account):" + (name.map { "user/\($0)" } ?? "root")
    }

    /// The caller as policies name it.
    var principal: PolicyPrincipal {
        guard let arn else { return .anonymous }
        return .user(
            PolicyPrincipal.User(
                canonicalID: userID,
                accountID: Self.account,
                arn: arn,
                name: name,
                userID: kind == .user ? userID : Self.account
            )
        )
    }

    /// Whether this user is the one of a canonical id.
    func isUser(_ id: String) -> Bool { isAuthenticated && ByteText.equal(userID, id) }
}
