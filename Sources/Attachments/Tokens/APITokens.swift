package import S3Protocol

/// The tokens of the JSON API: made, listed, deleted, recognised.
///
/// Only digests are kept. A token has 256 random bits, so a plain SHA-256 cannot be turned back, and looking its digest
/// up tells nothing about the text by the time it takes.
package struct APITokens: Sendable {
    /// The id of the token that the environment gives.
    package static let environmentID: Int64 = 0
    /// What that token is called.
    package static let environmentName = "LARDER_API_TOKEN"

    /// A token that was just made: the only time that its text is there.
    package struct NewToken: Sendable {
        /// What is kept of it.
        package let record: TokenRecord
        /// What clients send.
        package let text: String
    }

    private let store: any RecordStore
    private let environmentDigest: [UInt8]?
    private let clock: @Sendable () -> Timestamp

    /// Tokens of a store, and the one in `LARDER_API_TOKEN` if it is set and not empty.
    package init(
        store: any RecordStore,
        environmentToken: String?,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.store = store
        self.clock = clock
        environmentDigest = environmentToken.flatMap { $0.isEmpty ? nil : Self.digest($0) }
    }

    /// The client with the token in an `Authorization` header: `Token token=TEXT`, the text quoted or not.
    ///
    /// - Throws: 401 without a header, for one of another form, and for a token that is not known.
    package func authenticate(authorization header: String?, context: ClientContext) async throws -> APIClient {
        guard let text = header.flatMap(Self.token(inHeader:)) else { throw APIError.badToken() }
        var client = try await authenticate(text)
        client.context = context
        return client
    }

    /// The client with this token.
    ///
    /// - Throws: 401 when it is not known.
    package func authenticate(_ text: String) async throws -> APIClient {
        let digest = Self.digest(text)
        if let environmentDigest, ByteText.equalInConstantTime(digest, environmentDigest) {
            return APIClient(tokenID: Self.environmentID, name: Self.environmentName)
        }
        guard let record = try await store.token(digest: digest) else { throw APIError.badToken() }
        try await noteUse(of: record)
        return APIClient(tokenID: record.id, name: record.name)
    }

    /// Makes a token; its text begins with `smt_` like those of the API that clients know.
    ///
    /// - Throws: 422 for a name that is empty, longer than 128 bytes or has control characters.
    package func create(name: String) async throws -> NewToken {
        let isPlain = name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        guard (1...128).contains(name.utf8.count), isPlain else { throw APIError.badTokenName() }
        let text = "smt_" + Hex.encode(RandomBytes.make(32))
        let record = try await store.insertToken(name: name, digest: Self.digest(text), created: clock())
        return NewToken(record: record, text: text)
    }

    /// All tokens by id, that of the environment first.
    package func list() async throws -> [TokenRecord] {
        let environment = environmentDigest.map { digest in
            TokenRecord(
                id: Self.environmentID,
                name: Self.environmentName,
                digest: digest,
                created: Timestamp(seconds: 0),
                lastUsed: nil
            )
        }
        return try await (environment.map { [$0] } ?? []) + store.tokens()
    }

    /// Deletes a token at once; what belongs to it stays, seen by nobody.
    ///
    /// - Throws: 404 when there is none, 409 for that of the environment.
    package func delete(_ id: Int64) async throws {
        guard id != Self.environmentID else { throw APIError.environmentToken() }
        guard try await store.deleteToken(id) else { throw APIError.tokenNotFound() }
    }

    /// The token in an `Authorization` header, or nil when the header is of another form.
    package static func token(inHeader header: String) -> String? {
        let text = ByteText.trimmed(header)
        let scheme = "token "
        guard ByteText.hasPrefix(ByteText.lowercasedASCII(text), scheme) else { return nil }
        let parameter = ByteText.trimmed(String(decoding: text.utf8.dropFirst(scheme.utf8.count), as: UTF8.self))
        guard ByteText.hasPrefix(parameter, "token=") else { return nil }
        var value = parameter.utf8.dropFirst("token=".utf8.count)
        let quote = UInt8(ascii: "\"")
        if value.count >= 2, value.first == quote, value.last == quote { value = value.dropFirst().dropLast() }
        let isToken = value.allSatisfy { (0x21...0x7E).contains($0) && $0 != quote && $0 != UInt8(ascii: ",") }
        guard (1...512).contains(value.count), isToken else { return nil }
        return String(decoding: value, as: UTF8.self)
    }

    // Once an hour is enough to find tokens that nobody uses, and costs no synced write a request.
    private func noteUse(of record: TokenRecord) async throws {
        let now = clock()
        if let last = record.lastUsed, now < last.advanced(bySeconds: 3_600) { return }
        try await store.touchToken(record.id, at: now)
    }

    private static func digest(_ text: String) -> [UInt8] {
        Array(SHA256.hash(data: Array(text.utf8)))
    }
}
