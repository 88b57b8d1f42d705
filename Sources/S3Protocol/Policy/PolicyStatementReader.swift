/// Reads one statement of a policy.
struct PolicyStatementReader {
    /// The statement's place, from 1.
    let number: Int
    /// The language.
    let version: Policy.Version
    /// What the policy is attached to.
    let holder: PolicyHolder

    private var hasVariables: Bool { version == .of2012 }

    private static let elements = [
        "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
    ]

    /// The statement that `value` holds.
    ///
    /// - Throws: `MalformedPolicy`.
    func read(_ value: JSONValue) throws(S3Error) -> PolicyStatement {
        let members = try PolicyMembers(value, of: "statement \(number)", allowed: Self.elements)
        let effect = try effect(members)
        let principals = try principals(members, effect: effect)
        let actions = try list(members, "Action", refusal: S3Error.invalidPolicyAction)
        let resources = try list(members, "Resource", refusal: invalidResource)
        let statement = PolicyStatement(
            number: number,
            sid: try members.text("Sid"),
            effect: effect,
            principals: principals,
            actions: PolicyPatterns(patterns: try self.actions(actions.texts), isNegated: actions.isNegated),
            resources: PolicyPatterns(patterns: try self.resources(resources.texts), isNegated: resources.isNegated),
            conditions: try conditions(members["Condition"])
        )
        if case .bucket(let bucket) = holder, !actions.isNegated, !resources.isNegated {
            try checkFit(actions.texts, statement.actions.patterns, resources.texts, bucket)
        }
        return statement
    }

    private func effect(_ members: PolicyMembers) throws(S3Error) -> PolicyStatement.Effect {
        guard let text = try members.text("Effect") else { throw .policyLacks("Effect") }
        guard let effect = PolicyStatement.Effect(rawValue: text) else { throw .invalidPolicyEffect(text) }
        return effect
    }

    private func principals(
        _ members: PolicyMembers,
        effect: PolicyStatement.Effect
    ) throws(S3Error) -> PolicyPrincipals? {
        if case .user = holder {
            guard members["Principal"] == nil, members["NotPrincipal"] == nil else {
                throw .malformedPolicy("Policy document should not specify a principal.")
            }
            return nil
        }
        let (value, isNegated) = try members.either("Principal")
        // It would allow everybody but one, those who do not sign included; AWS refuses it too.
        guard !isNegated || effect == .deny else {
            throw .malformedPolicy("Allow with NotPrincipal is not allowed.")
        }
        return try PolicyPrincipals(value, isNegated: isNegated)
    }

    private func list(
        _ members: PolicyMembers,
        _ name: String,
        refusal: (String) -> S3Error
    ) throws(S3Error) -> (texts: [String], isNegated: Bool) {
        let (value, isNegated) = try members.either(name)
        guard let texts = value.policyTexts else { throw refusal(value.compactText) }
        return (texts, isNegated)
    }

    private func conditions(_ value: JSONValue?) throws(S3Error) -> [PolicyCondition] {
        guard let value else { return [] }
        return try PolicyConditionReader(hasVariables: hasVariables, holder: holder).read(value)
    }
}

// MARK: - Actions

extension PolicyStatementReader {
    private func actions(_ texts: [String]) throws(S3Error) -> [PolicyPattern] {
        var patterns: [PolicyPattern] = []
        for text in texts {
            guard let pattern = PolicyPattern(ByteText.lowercasedASCII(text)), isAction(text, pattern) else {
                throw .invalidPolicyAction(text)
            }
            patterns.append(pattern)
        }
        return patterns
    }

    private func isAction(_ text: String, _ pattern: PolicyPattern) -> Bool {
        if ByteText.equal(text, "*") { return true }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else { return false }
        if ByteText.equal(ByteText.lowercasedASCII(parts[0]), "s3") { return PolicyActions.contains(pattern) }
        // A user's policy may be one for all of AWS; what it says of other services never matters here.
        guard case .user = holder, !parts[0].isEmpty else { return false }
        return parts[0].utf8.allSatisfy { $0 == UInt8(ascii: "-") || Self.isAlphanumeric($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }

    /// Each action must be of a kind that one of the resources is.
    private func checkFit(
        _ actions: [String],
        _ patterns: [PolicyPattern],
        _ resources: [String],
        _ bucket: BucketName
    ) throws(S3Error) {
        let rests = resources.map { $0.utf8.dropFirst(Self.resource(of: bucket).utf8.count).first }
        let hasBucket = rests.contains { $0 != UInt8(ascii: "/") }
        let hasObjects = rests.contains { $0 != nil }
        for (action, pattern) in zip(actions, patterns) {
            let fits = PolicyActions.scopes(pattern).contains { scope in
                scope == .bucket && hasBucket || scope == .object && hasObjects
            }
            guard fits else { throw .policyActionFitsNoResource(action, bucket: bucket) }
        }
    }
}

// MARK: - Resources

extension PolicyStatementReader {
    private static func resource(of bucket: BucketName) -> String { "arn:aws:s3:::\(bucket)" }

    private func resources(_ texts: [String]) throws(S3Error) -> [PolicyPattern] {
        var patterns: [PolicyPattern] = []
        for text in texts {
            guard isResource(text), let pattern = PolicyPattern(text, variables: hasVariables) else {
                throw invalidResource(text)
            }
            patterns.append(pattern)
        }
        return patterns
    }

    private func isResource(_ text: String) -> Bool {
        guard case .bucket(let bucket) = holder else {
            return ByteText.equal(text, "*") || ByteText.hasPrefix(text, "arn:")
        }
        let prefix = Self.resource(of: bucket)
        guard ByteText.hasPrefix(text, prefix) else { return false }
        return text.utf8.dropFirst(prefix.utf8.count).first.map { "/*?".utf8.contains($0) } ?? true
    }

    private func invalidResource(_ text: String) -> S3Error {
        guard case .bucket(let bucket) = holder else {
            return .invalidPolicyResource(text, expected: "\"*\" or an ARN such as arn:aws:s3:::BUCKET/*")
        }
        let arn = Self.resource(of: bucket)
        return .invalidPolicyResource(text, expected: "\(arn) or \(arn)/KEY, in which the key may have * and ?")
    }
}
