import S3Protocol

/// Headers that would change what an operation does and are not honoured: answered with NotImplemented, never passed over.
///
/// What a PUT stores has its own list, in `ObjectAttributes`.
enum RefusedHeaders {
    /// The account that every bucket here belongs to, for `x-amz-expected-bucket-owner`.
    static let account = "000000000000"

    private static let table: [S3Operation: [String]] = [
        .getObject: customerKeys,
        .headObject: customerKeys,
    ]

    private static let customerKeys = [
        "x-amz-server-side-encryption-customer-algorithm", "x-amz-server-side-encryption-customer-key",
        "x-amz-server-side-encryption-customer-key-md5",
    ]

    /// Passes when the request has no such header and expects the owner that the bucket has.
    ///
    /// - Throws: `NotImplemented`, `InvalidBucketOwnerAWSAccountID`, `AccessDenied` for another owner.
    static func check(_ request: S3Request) throws(S3Error) {
        for name in table[request.operation] ?? [] where request.header(name) != nil {
            throw .notImplemented(header: name)
        }
        guard let owner = request.header("x-amz-expected-bucket-owner") else { return }
        guard owner.utf8.count == 12, owner.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .invalidBucketOwner(owner)
        }
        guard ByteText.equal(owner, account) else {
            throw .accessDenied().because("x-amz-expected-bucket-owner is \(owner), the bucket's is \(account)")
        }
    }
}
