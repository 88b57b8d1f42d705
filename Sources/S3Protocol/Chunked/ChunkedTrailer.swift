/// The one field that may follow the last chunk: a checksum of the content.
package struct ChunkedTrailer: Sendable, Equatable {
    /// The name in lower case, `x-amz-checksum-…`.
    package let name: String
    /// The value trimmed: Base64 of the algorithm's length.
    package let value: String
    /// The checksum that the value is.
    package let checksum: Checksum

    /// Whether a trailer of this lower-case name may be announced.
    static func isSupported(_ name: String) -> Bool {
        ChecksumAlgorithm(headerName: name) != nil
    }

    /// A trailer as received, `name` in lower case.
    ///
    /// - Throws: `InvalidRequest` when the value is not Base64 of the right length.
    init(name: String, value: String) throws(S3Error) {
        let value = ByteText.trimmed(value)
        guard let algorithm = ChecksumAlgorithm(headerName: name),
            let checksum = Checksum(algorithm: algorithm, base64: value)
        else { throw .invalidTrailerValue(name: name) }
        self.name = name
        self.value = value
        self.checksum = checksum
    }

    /// The text that a trailer signature covers.
    var signedText: String { "\(name):\(value)\n" }
}
