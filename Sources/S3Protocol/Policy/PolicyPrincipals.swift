/// Whom the element `Principal` or `NotPrincipal` names.
struct PolicyPrincipals: Equatable, Sendable {
    /// One principal.
    enum Entry: Equatable, Sendable {
        /// `*`: everybody, also who does not sign.
        case everybody
        /// An account as a whole.
        case account(String)
        /// A user by the ARN.
        case user(arn: String)
        /// A user by the canonical id.
        case canonicalUser(String)
        /// A service of AWS; none of them calls here.
        case service
    }

    /// The principals.
    let entries: [Entry]
    /// Whether the element is `NotPrincipal`: whoever is named is left out.
    let isNegated: Bool

    /// Whether the statement is for the caller.
    ///
    /// An account stands for all of its users. There are two exceptions. In `NotPrincipal` it stands for the root alone:
    /// AWS wants it beside each user that is left out, and the other users are meant all the same. And to allow
    /// something to the account that owns the bucket gives its users nothing, since it only says that the account may
    /// give it to them.
    func holds(for principal: PolicyPrincipal, effect: PolicyStatement.Effect, ownerAccount: String?) -> Bool {
        let named = entries.contains { entry in
            switch (entry, principal) {
            case (.everybody, _): return true
            case (.account(let account), .user(let user)):
                guard ByteText.equal(account, user.accountID) else { return false }
                let isOwners = ownerAccount.map { ByteText.equal($0, account) } ?? false
                return user.isRoot || !isNegated && !(effect == .allow && isOwners)
            case (.user(let arn), .user(let user)): return ByteText.equal(arn, user.arn)
            case (.canonicalUser(let id), .user(let user)): return ByteText.equal(id, user.canonicalID)
            default: return false
            }
        }
        return named != isNegated
    }
}

// MARK: - Reading

extension PolicyPrincipals {
    /// Reads the element's value.
    ///
    /// - Throws: `MalformedPolicy` with the principal that is none.
    init(_ value: JSONValue, isNegated: Bool) throws(S3Error) {
        self.isNegated = isNegated
        if case .string(let text) = value {
            guard ByteText.equal(text, "*") else { throw .invalidPolicyPrincipal(text) }
            entries = [.everybody]
            return
        }
        guard case .object = value else { throw .invalidPolicyPrincipal(value.compactText) }
        let members = try PolicyMembers(
            value,
            of: "Principal",
            allowed: ["AWS", "CanonicalUser", "Service", "Federated"]
        )
        var entries: [Entry] = []
        for kind in ["AWS", "CanonicalUser", "Service", "Federated"] {
            guard let value = members[kind] else { continue }
            guard let names = value.policyTexts else { throw .invalidPolicyPrincipal(value.compactText) }
            for name in names {
                guard let entry = Self.entry(kind, name) else { throw .invalidPolicyPrincipal(name) }
                entries.append(entry)
            }
        }
        guard !entries.isEmpty else { throw .invalidPolicyPrincipal(value.compactText) }
        self.entries = entries
    }

    private static func entry(_ kind: String, _ name: String) -> Entry? {
        switch kind {
        case "AWS": account(name)
        case "CanonicalUser": isCanonicalID(name) ? .canonicalUser(name) : nil
        case "Service": name.hasSuffix(".amazonaws.com") && !hasWildcard(name) ? .service : nil
        default: nil
        }
    }

    private static func account(_ name: String) -> Entry? {
        if ByteText.equal(name, "*") { return .everybody }
        if isAccount(name) { return .account(name) }
        let parts = name.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, ByteText.hasPrefix(name, "arn:aws:iam::"), isAccount(parts[4]) else { return nil }
        if ByteText.equal(parts[5], "root") { return .account(String(parts[4])) }
        let isUser = ByteText.hasPrefix(parts[5], "user/") && parts[5].utf8.count > 5 && parts[5].utf8.last != 0x2F
        return isUser && !hasWildcard(name) ? .user(arn: name) : nil
    }

    private static func isAccount(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func isCanonicalID(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { Hex.value(of: $0) != nil }
    }

    private static func hasWildcard(_ text: String) -> Bool {
        text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
    }
}
