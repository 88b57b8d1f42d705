package import Attachments
import S3Protocol

extension AccessKeys {
    /// Brings the keys of users up to date with the records.
    ///
    /// - Throws: when they cannot be read; the keys stay as they are then.
    package func reload(from keys: UserKeys) async throws {
        try await replaceUsers { try await keys.list().map(Key.init) }
    }
}

extension AccessKeys.Key {
    /// The key of a record; one whose policy cannot be read is refused, since nobody knows what it may do.
    init(_ record: KeyRecord) {
        var refusal = record.isDisabled ? "the access key is disabled; `larder key enable` switches it on" : nil
        var policy: AccessPolicy?
        do {
            policy = try record.policy.map { text throws(S3Error) in
                AccessPolicy(try Policy(userPolicy: Array(text.utf8)))
            }
        } catch {
            refusal = refusal ?? "the policy of the access key cannot be read: \(error.message)"
        }
        let identity = Identity(
            kind: .user,
            accessKeyID: record.accessKey,
            userID: record.userID,
            displayName: record.displayName,
            name: record.name,
            policy: policy
        )
        self.init(identity: identity, secret: SigningSecret(record.secret), refusal: refusal)
    }
}
