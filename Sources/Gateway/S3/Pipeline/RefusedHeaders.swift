import S3Protocol

/// Headers that would change what an operation does and are not honoured: answered with NotImplemented, never passed over.
///
/// What a PUT stores has its own list, in `ObjectAttributes`.
enum RefusedHeaders {
    /// The account that every bucket here belongs to, for `x-amz-expected-bucket-owner`.
    static let account = "000000000000"

    /// A key of the client's, with anything: whoever sends one believes that the content lies here encrypted.
    private static let customerKeys = [
        "x-amz-server-side-encryption-customer-", "x-amz-copy-source-server-side-encryption-customer-",
    ]

    /// Passes when the request has no such header and expects the owners that its buckets have.
    ///
    /// - Throws: `NotImplemented`, `InvalidBucketOwnerAWSAccountID`, `AccessDenied` for another owner.
    static func check(_ request: S3Request) throws(S3Error) {
        for field in request.headers.fields {
            let name = field.lowercasedName
            guard customerKeys.contains(where: { ByteText.hasPrefix(name, $0) }) else { continue }
            throw .notImplemented(header: name)
        }
        try checkOwner(request, "x-amz-expected-bucket-owner")
        guard request.operation == .copyObject || request.operation == .uploadPartCopy else { return }
        try checkOwner(request, "x-amz-source-expected-bucket-owner")
    }

    private static func checkOwner(_ request: S3Request, _ header: String) throws(S3Error) {
        guard let owner = request.header(header) else { return }
        guard owner.utf8.count == 12, owner.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .invalidBucketOwner(owner)
        }
        guard ByteText.equal(owner, account) else {
            throw .accessDenied().because("\(header) is \(owner), the bucket's is \(account)")
        }
    }
}
