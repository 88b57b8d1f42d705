package import S3Protocol

/// An access key of a user as it is kept.
///
/// The secret is kept as it is, since SigV4 signs with it; it does not show when a record is printed or logged.
package struct KeyRecord: Equatable, Sendable {
    /// What clients sign with; no two keys have the same.
    package let accessKey: String
    /// Its secret.
    package let secret: String
    /// The canonical id of its user, 64 hexadecimal digits; a user may have several keys.
    package let userID: String
    /// The user's name, as ARNs have it.
    package let name: String
    /// The name shown to people.
    package let displayName: String
    /// The text of the policy that says what the key may do; nil for the rights of an owner on its own buckets.
    package let policy: String?
    /// Whether requests signed with it are refused.
    package var isDisabled: Bool
    /// When it was made.
    package let created: Timestamp

    /// A record of these parts.
    package init(
        accessKey: String,
        secret: String,
        userID: String,
        name: String,
        displayName: String,
        policy: String?,
        isDisabled: Bool = false,
        created: Timestamp
    ) {
        self.accessKey = accessKey
        self.secret = secret
        self.userID = userID
        self.name = name
        self.displayName = displayName
        self.policy = policy
        self.isDisabled = isDisabled
        self.created = created
    }
}

extension KeyRecord: CustomStringConvertible, CustomReflectable {
    /// The access key and its user.
    package var description: String { "<access key \(accessKey) of \(name)>" }

    /// Nothing.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
