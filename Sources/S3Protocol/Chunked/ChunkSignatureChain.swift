/// The chain of signatures through an aws-chunked body: each covers the one before it, the first covers the request's.
///
/// Source: AWS, "Signature calculations: transferring payload in multiple chunks", and the page on trailing headers.
package struct ChunkSignatureChain: Sendable {
    private let accessKeyID: String
    private let key: SigningKey
    private let date: String
    private let scope: CredentialScope
    private var previous: String

    /// A chain that starts at the signature `seed` of the request; `date` in basic ISO 8601.
    package init(accessKeyID: String, key: SigningKey, date: String, scope: CredentialScope, seed: String) {
        self.accessKeyID = accessKeyID
        self.key = key
        self.date = date
        self.scope = scope
        previous = seed
    }

    /// The next link for a chunk with this SHA-256 (32 bytes); a client writes it, a server compares it.
    package mutating func sign(chunkSHA256 digest: some Sequence<UInt8>) -> String {
        previous = key.signature(of: chunkText(digest).utf8)
        return previous
    }

    /// The link for a trailer in its signed form, `name:value` with a line feed each.
    package func sign(trailerText: String) -> String {
        key.signature(of: self.trailerText(trailerText).utf8)
    }

    /// Holds a chunk's signature against its SHA-256.
    ///
    /// - Throws: `SignatureDoesNotMatch`.
    mutating func verify(chunkSHA256 digest: some Sequence<UInt8>, provided: String) throws(S3Error) {
        let text = chunkText(digest)
        try compare(key.signature(of: text.utf8), provided, text, "a chunk's signature")
        previous = provided
    }

    /// Holds the trailer's signature against its signed form.
    ///
    /// - Throws: `SignatureDoesNotMatch`.
    func verify(trailerText: String, provided: String) throws(S3Error) {
        let text = self.trailerText(trailerText)
        try compare(key.signature(of: text.utf8), provided, text, "the trailer's signature")
    }

    private func compare(_ expected: String, _ provided: String, _ text: String, _ what: String) throws(S3Error) {
        guard !ByteText.equalInConstantTime(expected.utf8, provided.utf8) else { return }
        throw S3Error.signatureDoesNotMatch(
            accessKeyID: accessKeyID,
            stringToSign: Array(text.utf8),
            provided: provided
        ).because("compared \(what)")
    }

    private func chunkText(_ digest: some Sequence<UInt8>) -> String {
        "\(StringToSign.algorithm)-PAYLOAD\n\(date)\n\(scope.text)\n\(previous)\n\(Self.emptyHash)\n"
            + Hex.encode(digest)
    }

    private func trailerText(_ text: String) -> String {
        let hash = Hex.encode(SHA256.hash(data: Array(text.utf8)))
        return "\(StringToSign.algorithm)-TRAILER\n\(date)\n\(scope.text)\n\(previous)\n\(hash)"
    }

    private static let emptyHash = Hex.encode(SHA256.hash(data: [UInt8]()))
}

extension VerifiedSignature {
    /// The chain for the chunks of this request's body.
    package var chunkSignatures: ChunkSignatureChain {
        ChunkSignatureChain(
            accessKeyID: accessKeyID,
            key: signingKey,
            date: date,
            scope: scope,
            seed: seedSignature
        )
    }
}
