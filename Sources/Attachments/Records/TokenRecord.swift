package import S3Protocol

/// A token of the API as it is kept: its digest, never its text.
package struct TokenRecord: Equatable, Sendable {
    /// Never used again for another token.
    package let id: Int64
    /// What people call it.
    package let name: String
    /// The SHA-256 of the token's text.
    package let digest: [UInt8]
    /// When it was made.
    package let created: Timestamp
    /// When it was last used, to the hour.
    package let lastUsed: Timestamp?

    /// A record of these parts.
    package init(id: Int64, name: String, digest: [UInt8], created: Timestamp, lastUsed: Timestamp?) {
        self.id = id
        self.name = name
        self.digest = digest
        self.created = created
        self.lastUsed = lastUsed
    }
}
