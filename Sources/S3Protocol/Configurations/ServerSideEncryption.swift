/// What an upload may ask for of encryption: only what the operator declares to be done below the service.
package enum ServerSideEncryption: String, Codable, Sendable {
    /// With keys of the service itself.
    case aes256 = "AES256"

    private static let name = "x-amz-server-side-encryption"
    /// By keys of the client, in requests and for the source of a copy, and by keys of a key service.
    private static let refused = [
        "x-amz-server-side-encryption-customer-algorithm",
        "x-amz-server-side-encryption-customer-key",
        "x-amz-server-side-encryption-customer-key-md5",
        "x-amz-copy-source-server-side-encryption-customer-algorithm",
        "x-amz-copy-source-server-side-encryption-customer-key",
        "x-amz-copy-source-server-side-encryption-customer-key-md5",
        "x-amz-server-side-encryption-aws-kms-key-id",
        "x-amz-server-side-encryption-context",
    ]
    private static let bucketKey = "x-amz-server-side-encryption-bucket-key-enabled"

    /// The header that echoes it.
    package var field: HeaderList.Field { HeaderList.Field(Self.name, rawValue) }

    /// The encryption that a request asks for, or nil; `header` gives the value of a header by its name in lower case.
    ///
    /// - Parameters:
    ///   - isDeclared: Whether the operator declares that what lies on disk is encrypted.
    ///   - header: The value of a header.
    /// - Throws: `NotImplemented` for what is not done or declared, `InvalidEncryptionAlgorithmError` for an unknown
    ///   algorithm.
    package static func requested(
        isDeclared: Bool,
        header: (String) -> String?
    ) throws(S3Error) -> ServerSideEncryption? {
        for name in refused where header(name) != nil {
            throw .notImplemented(header: name).because("there are no keys of clients or of a key service; use AES256")
        }
        if let text = header(bucketKey), !ByteText.equal(ByteText.lowercasedASCII(text), "false") {
            throw .notImplemented(header: bucketKey).because("there is no key service")
        }
        guard let text = header(name) else { return nil }
        switch text {
        case "AES256": break
        case "aws:kms", "aws:kms:dsse":
            throw .notImplemented(header: name).because("there is no key service; use AES256")
        default: throw .invalidEncryptionAlgorithm(text)
        }
        guard isDeclared else { throw .encryptionNotDeclared(header: name) }
        return .aes256
    }
}
