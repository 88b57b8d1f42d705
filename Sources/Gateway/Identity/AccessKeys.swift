package import S3Protocol
import Synchronization

/// The access keys that signatures are verified with: those of the server itself, which are fixed, and those of users,
/// which come and go while it serves.
///
/// Looked up in memory: no request waits for the records.
package final class AccessKeys: Sendable {
    /// One key.
    package struct Key: Sendable {
        /// Whose it is.
        package let identity: Identity
        /// Its secret.
        package let secret: SigningSecret
        /// Why requests signed with it are refused; nil for a key that works.
        package let refusal: String?

        /// A key of this identity.
        package init(identity: Identity, secret: SigningSecret, refusal: String? = nil) {
            self.identity = identity
            self.secret = secret
            self.refusal = refusal
        }
    }

    private struct Users {
        var keys: [ByteName: Key] = [:]
        var names: [ByteName: String] = [:]
        /// How many loads have begun.
        var begun = 0
        /// The load that `keys` is from.
        var loaded = 0
    }

    private let fixed: [ByteName: Key]
    private let fixedNames: [ByteName: String]
    private let users = Mutex(Users())

    /// These fixed keys, which win over a user's of the same id, and no others yet.
    package init(_ keys: [Key]) {
        fixed = Self.byKey(keys)
        fixedNames = Self.byUser(keys)
    }

    /// The key of this id.
    ///
    /// - Throws: `InvalidAccessKeyId`, also for a key that is switched off.
    package func key(_ accessKeyID: String) throws(S3Error) -> Key {
        let id = ByteName(accessKeyID)
        guard let key = fixed[id] ?? users.withLock({ $0.keys[id] }) else { throw .invalidAccessKeyID(accessKeyID) }
        if let refusal = key.refusal { throw .invalidAccessKeyID(accessKeyID).because(refusal) }
        return key
    }

    /// The name that is shown for a canonical id; nil when no key belongs to it.
    package func displayName(of userID: String) -> String? {
        let id = ByteName(userID)
        return fixedNames[id] ?? users.withLock { $0.names[id] }
    }

    /// Replaces all keys of users by those that `load` gives.
    ///
    /// Of loads that overlap the one that began last counts: it has seen every change made before it.
    ///
    /// - Throws: whatever `load` throws, changing nothing.
    package func replaceUsers(_ load: () async throws -> [Key]) async throws {
        let turn = users.withLock { users in
            users.begun += 1
            return users.begun
        }
        let keys = try await load()
        let (byKey, byUser) = (Self.byKey(keys), Self.byUser(keys))
        users.withLock { users in
            guard turn > users.loaded else { return }
            (users.keys, users.names, users.loaded) = (byKey, byUser, turn)
        }
    }

    private static func byKey(_ keys: [Key]) -> [ByteName: Key] {
        Dictionary(
            keys.compactMap { key in key.identity.accessKeyID.map { (ByteName($0), key) } },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private static func byUser(_ keys: [Key]) -> [ByteName: String] {
        Dictionary(
            keys.map { (ByteName($0.identity.userID), $0.identity.displayName) },
            uniquingKeysWith: { first, _ in first }
        )
    }
}
