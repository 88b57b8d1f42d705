/// What a policy is asked: whether a caller may do one thing with one resource.
package struct PolicyRequest {
    /// Who asks.
    package let principal: PolicyPrincipal
    /// What is to be done, such as `s3:GetObject`.
    package let action: String
    /// The account that owns the bucket.
    package let ownerAccount: String?

    let actionBytes: [UInt8]
    let resourceBytes: [UInt8]
    private let context: (String) -> [String]?

    /// A question about a bucket, an object in it, or, with neither, about the service.
    ///
    /// - Parameters:
    ///   - principal: Who asks.
    ///   - action: What is to be done, such as `s3:GetObject`.
    ///   - bucket: The bucket.
    ///   - key: The object, or nil when the action is on the bucket.
    ///   - ownerAccount: The account that owns the bucket, when users of that account need a policy of their own where
    ///     the bucket's policy allows something to the account as a whole, as on AWS; nil gives it to each of them.
    ///   - context: The values of a condition key in lower case, nil for a key that the request does not have. What
    ///     follows from the principal (`aws:username`, `aws:userid`, `aws:PrincipalArn`, …) is not asked for.
    package init(
        principal: PolicyPrincipal,
        action: String,
        bucket: BucketName?,
        key: ObjectKey? = nil,
        ownerAccount: String? = nil,
        context: @escaping (String) -> [String]? = { _ in nil }
    ) {
        self.principal = principal
        self.action = action
        self.ownerAccount = ownerAccount
        self.context = context
        actionBytes = Array(ByteText.lowercasedASCII(action).utf8)
        let bucketARN = Array("arn:aws:s3:::\(bucket?.string ?? "*")".utf8)
        resourceBytes = key.map { bucketARN + [UInt8(ascii: "/")] + $0.utf8 } ?? bucketARN
    }

    /// The values of a condition key in lower case, or nil when the request has none.
    func values(_ key: String) -> [String]? {
        let values = principal.values(key) ?? context(key)
        return values?.isEmpty == true ? nil : values
    }

    /// The value that a policy variable stands for: of a key that has just one.
    func variable(_ key: String) -> String? {
        guard let values = values(key), values.count == 1 else { return nil }
        return values[0]
    }
}

/// What a policy says to a request, with the statement that decided.
///
/// The texts are for the reasons of refusals and for logs: printable ASCII, without what the policy compares with.
package enum PolicyDecision: Equatable, Sendable {
    /// A statement allows it and none denies it.
    case allow(String)
    /// A statement denies it, whatever any other policy says.
    case deny(String)
    /// No statement is about it; the text names the one that came nearest.
    case none(String)
}
