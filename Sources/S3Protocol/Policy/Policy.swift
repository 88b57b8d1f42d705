/// A policy as it is evaluated: who may do what with which resources, and on which conditions.
///
/// Reading it checks all that can be wrong with it; the text itself is the caller's to keep. Source: AWS, "Policies and
/// permissions in Amazon S3" and "IAM JSON policy elements reference".
package struct Policy: Equatable, Sendable {
    /// The most bytes of a policy's text.
    package static let maximumLength = 20_480

    /// A version of the policy language.
    package enum Version: String, Sendable {
        /// The old language, in which `${…}` is plain text; what a policy without a version is written in.
        case of2008 = "2008-10-17"
        /// The language with variables.
        case of2012 = "2012-10-17"
    }

    /// The language that the policy is written in.
    package let version: Version
    /// Its statements in order.
    let statements: [PolicyStatement]

    /// Reads the policy of a bucket: it names principals, and only this bucket and its objects.
    ///
    /// - Throws: `MalformedPolicy`.
    package init(bucketPolicy text: [UInt8], bucket: BucketName) throws(S3Error) {
        try self.init(text, holder: .bucket(bucket))
    }

    /// Reads the policy of a user: it names no principals, but any resource and the actions of other services.
    ///
    /// - Throws: `MalformedPolicy`.
    package init(userPolicy text: [UInt8]) throws(S3Error) {
        try self.init(text, holder: .user)
    }
}

// MARK: - Reading

/// What a policy is attached to, which decides what may stand in it.
enum PolicyHolder {
    case bucket(BucketName)
    case user
}

extension Policy {
    // One level for each of: policy, statements, statement, condition, operator, values.
    private static let depth = 6

    private init(_ text: [UInt8], holder: PolicyHolder) throws(S3Error) {
        guard text.count <= Self.maximumLength else { throw .policyTooLong(text.count) }
        guard text.first == UInt8(ascii: "{"),
            let json = JSONReader.read(text, limits: .init(length: Self.maximumLength, depth: Self.depth))
        else { throw .policyIsNotJSON }
        let members = try PolicyMembers(json, of: "the policy", allowed: ["Version", "Id", "Statement"])
        guard let statements = members["Statement"] else { throw .policyLacks("Statement") }
        _ = try members.text("Id")
        version = try Self.version(members.text("Version"))
        self.statements = try Self.statements(statements, version: version, holder: holder)
    }

    private static func version(_ text: String?) throws(S3Error) -> Version {
        guard let text else { return .of2008 }
        guard let version = Version(rawValue: text) else { throw .invalidPolicyVersion }
        return version
    }

    private static func statements(
        _ value: JSONValue,
        version: Version,
        holder: PolicyHolder
    ) throws(S3Error) -> [PolicyStatement] {
        let values = if case .array(let elements) = value { elements } else { [value] }
        guard !values.isEmpty else { throw .policyLacks("Statement") }
        var statements: [PolicyStatement] = []
        for value in values {
            let reader = PolicyStatementReader(number: statements.count + 1, version: version, holder: holder)
            statements.append(try reader.read(value))
        }
        return statements
    }
}

// MARK: - Ready-made

extension Policy {
    /// The text of a policy that lets everybody read the objects of a bucket, on one line.
    package static func publicRead(bucket: BucketName) -> String {
        #"{"Version":"2012-10-17","Statement":[{"Sid":"PublicRead","Effect":"Allow","Principal":"*","#
            + #""Action":"s3:GetObject","Resource":"arn:aws:s3:::\#(bucket)/*"}]}"#
    }
}
