package import S3Protocol

/// The access keys of users: made, listed, switched off and on, deleted.
package struct UserKeys: Sendable {
    private let store: any AccessKeyStore
    private let reservedKeys: Set<String>
    private let reservedUsers: Set<String>
    private let clock: @Sendable () -> Timestamp

    /// Keys of a store; `reservedKeys` and `reservedUsers` are the server's own.
    package init(
        store: any AccessKeyStore,
        reservedKeys: Set<String>,
        reservedUsers: Set<String>,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.reservedKeys = reservedKeys
        self.reservedUsers = reservedUsers
        self.clock = clock
    }

    /// Makes a key.
    ///
    /// A further key of a user takes over the name, and, unless others are given, the display name and the policy of
    /// that user's latest key: a key that replaces another is not to be the stronger one by oversight.
    ///
    /// - Throws: `APIError` that says what to do, for what is malformed or taken.
    package func create(_ request: KeyRequest) async throws -> KeyRecord {
        try Self.check(request)
        let (accessKey, secret) = try keyPair(request)
        let userID = try Self.canonicalID(request.userID)
        guard !reservedUsers.contains(userID) else { throw APIError.reservedUserID() }
        let now = clock()
        return try await store.insertKey { present in
            guard !present.contains(where: { ByteText.equal($0.accessKey, accessKey) }) else {
                throw APIError.accessKeyTaken(accessKey)
            }
            let kin = present.last { ByteText.equal($0.userID, userID) }
            let name = try Self.name(request.name ?? kin?.name ?? accessKey, of: userID, kin: kin, present)
            let policy = request.policy.map { $0.isEmpty ? nil : $0 } ?? kin?.policy
            return KeyRecord(
                accessKey: accessKey,
                secret: secret,
                userID: userID,
                name: name,
                displayName: request.displayName ?? kin?.displayName ?? name,
                policy: policy,
                created: now
            )
        }
    }

    /// All keys, the oldest first.
    package func list() async throws -> [KeyRecord] {
        try await store.keys()
    }

    /// Switches a key off or on.
    ///
    /// - Throws: `APIError` when there is none.
    package func set(_ accessKey: String, isDisabled: Bool) async throws {
        guard try await store.setKey(accessKey, isDisabled: isDisabled) else { throw missing(accessKey) }
    }

    /// Deletes a key; what its user owns stays.
    ///
    /// - Throws: `APIError` when there is none.
    package func delete(_ accessKey: String) async throws {
        guard try await store.deleteKey(accessKey) else { throw missing(accessKey) }
    }

    private func missing(_ accessKey: String) -> APIError {
        reservedKeys.contains(accessKey) ? .rootKey(accessKey) : .keyNotFound(accessKey)
    }

    private func keyPair(_ request: KeyRequest) throws -> (String, String) {
        switch (request.accessKey, request.secretKey) {
        case (nil, nil): return Self.madeKeyPair()
        case (let key?, let secret?):
            guard !reservedKeys.contains(key) else { throw APIError.accessKeyTaken(key) }
            return (key, secret)
        default: throw APIError.incompleteKey()
        }
    }

    /// One user has one name, and no two users the same: policies tell them apart by it.
    private static func name(
        _ name: String,
        of userID: String,
        kin: KeyRecord?,
        _ present: [KeyRecord]
    ) throws -> String {
        if let kin, !ByteText.equal(kin.name, name) { throw APIError.otherKeyName(kin.name) }
        let other = present.first { ByteText.equal($0.name, name) && !ByteText.equal($0.userID, userID) }
        if let other { throw APIError.keyNameTaken(name, userID: other.userID) }
        return name
    }
}

// MARK: - Forms

extension UserKeys {
    private static func check(_ request: KeyRequest) throws {
        if let key = request.accessKey, !isText(key, 3...128, punctuation: "._-+@") { throw APIError.badAccessKey() }
        if let secret = request.secretKey {
            let isPrintable = secret.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            guard isPrintable, (8...128).contains(secret.utf8.count) else { throw APIError.badSecretKey() }
        }
        if let name = request.name, !isText(name, 1...128, punctuation: "+=,.@_-") { throw APIError.badKeyName() }
        if let name = request.displayName {
            let isPlain = name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            guard isPlain, (1...128).contains(name.utf8.count) else { throw APIError.badDisplayName() }
        }
        if let policy = request.policy, !policy.isEmpty { try check(policy: policy) }
    }

    private static func check(policy: String) throws {
        do {
            _ = try Policy(userPolicy: Array(policy.utf8))
        } catch {
            throw APIError.badKeyPolicy([error.message, error.reason].compactMap(\.self).joined(separator: " ") + ".")
        }
    }

    private static func isText(_ text: String, _ lengths: ClosedRange<Int>, punctuation: String) -> Bool {
        let isAllowed = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || punctuation.utf8.contains(byte)
        }
        return isAllowed && lengths.contains(text.utf8.count)
    }

    /// The canonical id that a text stands for; a random one for none.
    static func canonicalID(_ text: String?) throws -> String {
        guard let text else { return Hex.encode(SHA256.hash(data: RandomBytes.make(32))) }
        if text.utf8.count == 64, Hex.decode(text) != nil { return ByteText.lowercasedASCII(text) }
        guard (1...128).contains(text.utf8.count) else { throw APIError.badUserID() }
        return Hex.encode(SHA256.hash(data: Array(text.utf8)))
    }

    private static func madeKeyPair() -> (String, String) {
        ("LRDU" + random(16, of: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), random(40, of: letters))
    }

    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

    private static func random(_ length: Int, of alphabet: String) -> String {
        let bytes = Array(alphabet.utf8)
        var generator = SystemRandomNumberGenerator()
        let chosen = (0..<length).map { _ in bytes[Int.random(in: bytes.indices, using: &generator)] }
        return String(decoding: chosen, as: UTF8.self)
    }
}
