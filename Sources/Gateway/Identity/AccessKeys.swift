package import S3Protocol

/// The access keys that signatures are verified with.
package struct AccessKeys: Sendable {
    /// One key.
    package struct Key: Sendable {
        /// Whose it is.
        package let identity: Identity
        /// Its secret.
        package let secret: SigningSecret

        /// A key of this identity.
        package init(identity: Identity, secret: SigningSecret) {
            self.identity = identity
            self.secret = secret
        }
    }

    private let keys: [String: Key]

    /// These keys, by their access key ids.
    package init(_ keys: [Key]) {
        self.keys = Dictionary(
            keys.compactMap { key in key.identity.accessKeyID.map { ($0, key) } },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The key of this id.
    ///
    /// - Throws: `InvalidAccessKeyId`.
    package func key(_ accessKeyID: String) throws(S3Error) -> Key {
        guard let key = keys[accessKeyID] else { throw .invalidAccessKeyID(accessKeyID) }
        return key
    }
}
