import S3Protocol

extension JSONValue {
    /// The value of the last member of this name, as Go's decoder takes it; nil when there is none.
    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { ByteText.equal($0.name, name) }?.value
    }

    /// The value of the last member of this name in any case, as Go's decoder takes it when none matches exactly.
    func member(anyCase name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        let wanted = ByteText.lowercasedASCII(name)
        return self[name] ?? members.last { ByteText.equal(ByteText.lowercasedASCII($0.name), wanted) }?.value
    }

    /// The elements of an array.
    var elements: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members of an object whose values are all strings, the last of a name; nil for anything else.
    var texts: [String: String]? {
        guard case .object(let members) = self else { return nil }
        var texts: [String: String] = [:]
        for member in members {
            guard let text = member.value.string else { return nil }
            texts[member.name] = text
        }
        return texts
    }

    /// A number that is an integer of 64 bits.
    var integer: Int64? {
        if case .number(let text) = self { Int64(text) } else { nil }
    }

    /// `true` or `false`.
    var boolean: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }
}
