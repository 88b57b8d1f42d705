/// The identifier of one multipart upload: 1 to 128 of `A-Z a-z 0-9 _ -`, which is also safe as a file name.
package struct UploadID: Hashable, Sendable {
    /// The identifier as it stands in `uploadId`.
    package let text: String

    /// The upload that a client names.
    ///
    /// - Throws: `NoSuchUpload` for a text that no upload can have.
    package init(_ text: some StringProtocol) throws(S3Error) {
        let isSafe = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
        guard isSafe, (1...128).contains(text.utf8.count) else { throw .noSuchUpload(String(text)) }
        self.text = String(text)
    }
}

extension UploadID: CustomStringConvertible {
    /// The identifier.
    package var description: String { text }
}
