/// The members of one JSON object in a policy: only such as are known, each at most once.
struct PolicyMembers {
    private let members: [JSONValue.Member]

    /// Checks the members of `value`; `place` names the object in refusals.
    init(_ value: JSONValue, of place: String, allowed: [String]) throws(S3Error) {
        guard case .object(let members) = value else { throw .invalidPolicySyntax("\(place) must be an object") }
        var seen: [String] = []
        for member in members {
            guard allowed.contains(where: { ByteText.equal($0, member.name) }) else {
                throw .malformedPolicy("Unknown field \(member.name)")
            }
            guard !seen.contains(where: { ByteText.equal($0, member.name) }) else {
                throw .invalidPolicySyntax("\(place) has \(member.name) twice")
            }
            seen.append(member.name)
        }
        self.members = members
    }

    /// The value of this name.
    subscript(_ name: String) -> JSONValue? {
        members.first { ByteText.equal($0.name, name) }?.value
    }

    /// The text of this name, or nil when there is no such member.
    func text(_ name: String) throws(S3Error) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.string else { throw .invalidPolicySyntax("\(name) must be a string") }
        return text
    }

    /// The member that stands under a name or under `Not` and the name, of which a statement has exactly one.
    func either(_ name: String) throws(S3Error) -> (value: JSONValue, isNegated: Bool) {
        switch (self[name], self["Not" + name]) {
        case (let value?, nil): return (value, false)
        case (nil, let value?): return (value, true)
        case (nil, nil): throw .policyLacks(name)
        case (_?, _?): throw .invalidPolicySyntax("\(name) and Not\(name) exclude each other")
        }
    }
}

extension JSONValue {
    /// The texts of a string, or of a list of strings that is not empty; nil for anything else.
    var policyTexts: [String]? {
        switch self {
        case .string(let text): return [text]
        case .array(let elements):
            let texts = elements.compactMap(\.string)
            return texts.isEmpty || texts.count < elements.count ? nil : texts
        default: return nil
        }
    }
}
