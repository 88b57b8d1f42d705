/// A checksum's value: the algorithm and its digest bytes, CRCs with the highest byte first.
package struct Checksum: Hashable, Sendable {
    /// What computed the digest.
    package let algorithm: ChecksumAlgorithm
    /// As many bytes as the algorithm says.
    package let digest: [UInt8]

    /// A checksum of digest bytes that are there already; their number must be the algorithm's.
    package init(algorithm: ChecksumAlgorithm, digest: [UInt8]) {
        precondition(digest.count == algorithm.digestLength, "a digest has the length of its algorithm")
        self.algorithm = algorithm
        self.digest = digest
    }

    /// The checksum that padded base64 of the algorithm's length stands for, or nil for any other text.
    package init?(algorithm: ChecksumAlgorithm, base64 text: some StringProtocol) {
        guard let digest = Self.decode(text, length: algorithm.digestLength) else { return nil }
        self.init(algorithm: algorithm, digest: digest)
    }

    /// The checksum that a client wrote in the algorithm's header or form field.
    ///
    /// Throws InvalidRequest unless the value is padded base64 of the algorithm's length.
    package init(algorithm: ChecksumAlgorithm, headerValue: some StringProtocol) throws(S3Error) {
        guard let checksum = Checksum(algorithm: algorithm, base64: headerValue) else {
            throw .invalidChecksumHeader(algorithm)
        }
        self = checksum
    }

    /// The value as headers and documents write it.
    package var base64: String { Base64.encode(digest) }

    /// The bytes of padded base64 that stands for exactly `length` bytes, or nil.
    static func decode(_ text: some StringProtocol, length: Int) -> [UInt8]? {
        guard text.utf8.count == (length + 2) / 3 * 4 else { return nil }
        guard let bytes = Base64.decode(text), bytes.count == length else { return nil }
        return bytes
    }
}
