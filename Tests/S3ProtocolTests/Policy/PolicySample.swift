import S3Protocol

/// The bucket, callers and questions that the tests of policies share.
enum PolicySample {
    static let account = "123456789012"
    static let canonicalID = String(repeating: "ab", count: 32)
    static let alice = user("alice")
    static let bob = user("bob")
    static let stranger = user("alice", account: "999999999999")
    static let root = PolicyPrincipal.user(
        .init(
            canonicalID: canonicalID,
            accountID: account,
            arn: "arn:aws:iam::\(account):root",
            name: nil,
            userID: account
        )
    )

    static func user(_ name: String, account: String = account) -> PolicyPrincipal {
        .user(
            .init(
                canonicalID: name == "alice" ? canonicalID : String(repeating: "0", count: 64),
                accountID: account,
                arn: "arn:aws:iam::\(account):user/\(name)",
                name: name,
                userID: "AIDA\(name.uppercased())"
            )
        )
    }

    /// The caller that a table names.
    static func caller(_ name: String) -> PolicyPrincipal {
        switch name {
        case "-": .anonymous
        case "root": root
        case "stranger": stranger
        default: user(name)
        }
    }

    /// A policy of the bucket `bucket` with these statements, which are JSON objects.
    static func policy(_ statements: String..., version: String? = "2012-10-17") throws -> Policy {
        let head = version.map { #""Version":"\#($0)","# } ?? ""
        let text = "{\(head)\"Statement\":[\(statements.joined(separator: ","))]}"
        return try Policy(bucketPolicy: Array(text.utf8), bucket: BucketName("bucket"))
    }

    /// A statement that allows everybody to read every object, with these elements in the place of its own.
    static func statement(
        effect: String = "Allow",
        principal: String = #""Principal":"*""#,
        action: String = #""Action":"s3:GetObject""#,
        resource: String = #""Resource":"arn:aws:s3:::bucket/*""#,
        more: String = ""
    ) -> String {
        "{\"Effect\":\"\(effect)\",\(principal),\(action),\(resource)\(more.isEmpty ? "" : "," + more)}"
    }

    static func request(
        _ action: String = "s3:GetObject",
        key: String? = "key",
        by principal: PolicyPrincipal = .anonymous,
        context: [String: [String]] = [:]
    ) throws -> PolicyRequest {
        PolicyRequest(
            principal: principal,
            action: action,
            bucket: try BucketName("bucket"),
            key: try key.map { try ObjectKey($0) },
            context: { context[$0] }
        )
    }
}

extension PolicyDecision {
    /// The decision without its text.
    var word: String {
        switch self {
        case .allow: "allow"
        case .deny: "deny"
        case .none: "none"
        }
    }
}
