package import S3Protocol

/// A policy with what the gateway has to know of it before it can be asked.
package struct AccessPolicy: Sendable, Equatable {
    /// The policy.
    package let policy: Policy
    /// Whether it allows something to everybody.
    let isPublic: Bool
    /// Whether it looks at the tags that an object has.
    let asksForTags: Bool
    /// Whether it looks at tags, retention, legal hold or region that a request brings, which may stand in its document.
    let asksForDocument: Bool

    /// This policy.
    package init(_ policy: Policy) {
        self.policy = policy
        isPublic = policy.isPublic
        let keys = policy.conditionKeys
        asksForTags = keys.contains { ByteText.hasPrefix($0, Self.existingTag) }
        asksForDocument = keys.contains { key in
            ["s3:requestobjecttag", "s3:object-lock-", "s3:locationconstraint"].contains { ByteText.hasPrefix(key, $0) }
        }
    }

    /// What the condition keys for the tags of an object begin with.
    static let existingTag = "s3:existingobjecttag/"
}
