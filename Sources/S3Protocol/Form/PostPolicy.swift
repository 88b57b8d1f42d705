/// The policy of a form upload: until when it holds and what the form must be.
package struct PostPolicy: Equatable, Sendable {
    /// The moment from which on it no longer holds.
    package let expiration: Timestamp
    /// Its conditions in order.
    package let conditions: [PostCondition]

    private static let limits = JSONReader.Limits(length: 65_536, depth: 8, allowsPolicyEscapes: true)

    /// Reads the policy field as the form carries it: base64 of UTF-8 JSON.
    ///
    /// - Throws: `InvalidPolicyDocument`.
    package init(base64 text: [UInt8]) throws(S3Error) {
        // Encoders made for mail break the text into lines.
        let characters = text.filter { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        guard let json = Base64.decode(String(decoding: characters, as: UTF8.self)) else {
            throw .invalidPolicyDocument("invalid Base64 encoding.")
        }
        try self.init(json: json)
    }

    /// Reads a policy from its JSON text; `\$` and `\v` are escapes in it beside those of JSON.
    ///
    /// - Throws: `InvalidPolicyDocument`.
    package init(json: [UInt8]) throws(S3Error) {
        guard !json.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) else {
            throw .invalidPolicyDocument("Expecting '{' but found End-of-Input")
        }
        guard case .object(let members) = JSONReader.read(json, limits: Self.limits) else {
            throw .invalidPolicyDocument("Invalid JSON.")
        }
        let known = try Self.knownMembers(members)
        expiration = try Self.expiration(known["expiration"])
        conditions = try Self.conditions(known["conditions"])
    }

    private static func knownMembers(_ members: [JSONValue.Member]) throws(S3Error) -> [String: JSONValue] {
        var known: [String: JSONValue] = [:]
        for member in members {
            guard ["expiration", "conditions"].contains(where: { ByteText.equal($0, member.name) }) else {
                throw .invalidPolicyDocument("Unexpected: \"\(member.name)\"")
            }
            guard known.updateValue(member.value, forKey: member.name) == nil else {
                throw .invalidPolicyDocument("Invalid JSON.")
            }
        }
        return known
    }

    private static func expiration(_ value: JSONValue?) throws(S3Error) -> Timestamp {
        guard let value else { throw .invalidPolicyDocument("Policy missing expiration.") }
        guard let text = value.string else { throw .invalidPolicyDocument("Invalid JSON.") }
        guard let moment = Timestamp(iso8601: text) else {
            throw .invalidPolicyDocument("Invalid 'expiration' value: '\(text)'")
        }
        return moment
    }

    private static func conditions(_ value: JSONValue?) throws(S3Error) -> [PostCondition] {
        guard let value else { throw .invalidPolicyDocument("Policy missing conditions.") }
        guard case .array(let elements) = value else {
            throw .invalidPolicyDocument("Invalid 'conditions' value: must be a List.")
        }
        var conditions: [PostCondition] = []
        for element in elements { conditions.append(try PostCondition(element)) }
        return conditions
    }
}
