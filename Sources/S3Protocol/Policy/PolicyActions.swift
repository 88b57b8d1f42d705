/// The actions of S3 that a policy can name.
package enum PolicyActions {
    /// What an action is done with.
    package enum Scope: Sendable {
        /// The service or the account.
        case service
        /// A bucket.
        case bucket
        /// An object, an upload, or a version of it.
        case object
    }

    /// One action.
    package struct Action: Sendable {
        /// The name as AWS writes it, such as `s3:GetObject`.
        package let name: String
        /// What it is done with.
        package let scope: Scope
        /// The name in lower case, for comparisons.
        let bytes: [UInt8]

        init(_ name: String, _ scope: Scope) {
            self.name = "s3:" + name
            self.scope = scope
            bytes = Array(ByteText.lowercasedASCII(self.name).utf8)
        }
    }

    /// All actions.
    package static let all: [Action] =
        ofService.map { Action($0, .service) } + ofBuckets.map { Action($0, .bucket) }
        + ofObjects.map { Action($0, .object) }

    /// What the action of this name (any case) is done with, or nil when there is none of the name.
    package static func scope(of name: String) -> Scope? {
        let bytes = Array(ByteText.lowercasedASCII(name).utf8)
        return all.first { $0.bytes == bytes }?.scope
    }

    /// Whether a pattern in lower case matches an action.
    static func contains(_ pattern: PolicyPattern) -> Bool {
        all.contains { pattern.matches($0.bytes) }
    }

    /// What the actions that a pattern in lower case matches are done with.
    static func scopes(_ pattern: PolicyPattern) -> Set<Scope> {
        Set(all.filter { pattern.matches($0.bytes) }.map(\.scope))
    }
}
