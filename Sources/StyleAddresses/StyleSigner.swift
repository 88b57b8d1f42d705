import S3Protocol

/// Signs addresses as imgproxy does: HMAC-SHA256 with a key over a salt and the path, in URL-safe Base64.
package struct StyleSigner: Sendable {
    /// A key and the salt that goes with it.
    package struct Pair: Sendable, Hashable {
        let key: [UInt8]
        let salt: [UInt8]

        /// A pair of these bytes.
        package init(key: [UInt8], salt: [UInt8]) {
            self.key = key
            self.salt = salt
        }

        /// A pair of hexadecimal texts, nil when one of them is none or empty.
        package init?(key: some StringProtocol, salt: some StringProtocol) {
            guard let key = Hex.decode(key), let salt = Hex.decode(salt), !key.isEmpty, !salt.isEmpty else {
                return nil
            }
            self.init(key: key, salt: salt)
        }

        fileprivate func digest(_ path: some Sequence<UInt8>, size: Int) -> [UInt8] {
            let digest = HMAC<SHA256>.authenticationCode(for: salt + Array(path), using: SymmetricKey(data: key))
            return Array(digest.prefix(size))
        }
    }

    /// The bytes of a whole signature.
    package static let wholeSize = 32
    /// The fewest bytes that a signature may be cut to.
    package static let leastSize = 8

    private let pairs: [Pair]
    private let size: Int
    private let allowsUnsigned: Bool

    /// A signer that signs with the first of these pairs and takes signatures of any of them.
    ///
    /// `size` is to how many bytes signatures are cut; with `allowsUnsigned` the word `unsafe` or `insecure` stands for any.
    package init(_ pairs: [Pair], size: Int = StyleSigner.wholeSize, allowsUnsigned: Bool = false) {
        precondition(!pairs.isEmpty, "A signer has a key.")
        self.pairs = pairs
        self.size = min(max(size, Self.leastSize), Self.wholeSize)
        self.allowsUnsigned = allowsUnsigned
    }

    /// `/SIGNATURE` and the path.
    package func signed(_ path: String) -> String {
        "/" + Base64URL.encode(pairs[0].digest(path.utf8, size: size)) + path
    }

    /// The path without its signature, which has to be right: `/SIGNATURE/…` as it was received.
    package func verified(_ signedPath: some Collection<UInt8>) throws(StyleAddressError) -> [UInt8] {
        guard signedPath.count <= StyleAddress.maximumLength + 256 else {
            throw .malformed("The address is longer than the \(StyleAddress.maximumLength) bytes that are read.")
        }
        let bytes = Array(signedPath)
        guard bytes.first == UInt8(ascii: "/"), let slash = bytes.dropFirst().firstIndex(of: UInt8(ascii: "/")) else {
            throw .malformed("Expected /SIGNATURE/OPTIONS/plain/SOURCE@EXTENSION; the README tells more.")
        }
        let (signature, path) = (bytes[1..<slash], Array(bytes[slash...]))
        guard isRight(signature, path) else { throw refusal(signature, path) }
        return path
    }

    private func isRight(_ signature: ArraySlice<UInt8>, _ path: [UInt8]) -> Bool {
        if allowsUnsigned, isUnsigned(signature) { return true }
        guard let given = Base64URL.decode(signature) else { return false }
        // All pairs, so that the time does not tell which one it was.
        return pairs.map { ByteText.equalInConstantTime($0.digest(path, size: size), given) }.contains(true)
    }

    private func isUnsigned(_ signature: ArraySlice<UInt8>) -> Bool {
        signature.elementsEqual("unsafe".utf8) || signature.elementsEqual("insecure".utf8)
    }

    private func refusal(_ signature: ArraySlice<UInt8>, _ path: [UInt8]) -> StyleAddressError {
        guard !isUnsigned(signature) else {
            return StyleAddressError(.badSignature, "Addresses have to be signed here: on_the_fly.unsigned is not set.")
        }
        let signed = String(decoding: path.prefix(400), as: UTF8.self) + (path.count > 400 ? "…" : "")
        let given = Base64URL.decode(signature).map { "\($0.count) bytes that differ" } ?? "no URL-safe Base64"
        return StyleAddressError(
            .badSignature,
            "The signature is \(given); expected the URL-safe Base64 of \(size) bytes of HMAC-SHA256, by on_the_fly.key, "
                + "over the bytes of on_the_fly.salt and then: \(signed)"
        )
    }
}
