/// One condition of a POST policy, kept as it was written, since a refusal shows it so.
package struct PostCondition: Equatable, Sendable {
    /// What the condition demands.
    package enum Demand: Equatable, Sendable {
        /// The field has exactly this value.
        case equals(String)
        /// The field begins with this; `""` allows any value, but the field must be there.
        case startsWith(String)
        /// The file has a size in this range; nil when the numbers are text that holds none, and then no file fits.
        case contentLength(PostSizeRange?)
    }

    /// What is demanded.
    package let demand: Demand
    /// The field in lower case, without `$`; nil when the policy forgot the `$`, or for the size of the file.
    package let field: String?
    /// The condition as a JSON array with the policy's casing: the form in which refusals show it.
    package let rendering: String

    /// Reads one element of a policy's `conditions`.
    ///
    /// - Throws: `InvalidPolicyDocument`.
    package init(_ value: JSONValue) throws(S3Error) {
        switch value {
        case .object(let members): try self.init(members: members)
        case .array(let elements): try self.init(elements: elements)
        default: throw .invalidPolicyDocument("Invalid condition test: must be a List or Object.")
        }
    }

    private init(members: [JSONValue.Member]) throws(S3Error) {
        guard members.count == 1 else {
            throw .invalidPolicyDocument(
                "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."
            )
        }
        guard let value = members[0].value.string else {
            throw .invalidPolicyDocument("Invalid Simple-Condition: value must be a string.")
        }
        demand = .equals(value)
        field = ByteText.lowercasedASCII(members[0].name)
        rendering = Self.render(["eq", "$" + members[0].name, value].map(JSONValue.string))
    }

    private init(elements: [JSONValue]) throws(S3Error) {
        guard let first = elements.first else {
            throw .invalidPolicyDocument("Invalid Condition: missing operation identifier.")
        }
        guard let name = first.string else { throw .invalidPolicyDocument("Invalid JSON.") }
        let operation = ByteText.lowercasedASCII(name)
        guard ["eq", "starts-with", "content-length-range"].contains(operation) else {
            throw .invalidPolicyDocument("Invalid Condition: unknown operation '\(name)'.")
        }
        guard elements.count == 3 else {
            throw .invalidPolicyDocument("Invalid \(operation): wrong number of arguments.")
        }
        rendering = Self.render(elements)
        if operation == "content-length-range" {
            field = nil
            demand = .contentLength(try Self.range(elements[1], elements[2]))
            return
        }
        guard let field = elements[1].string, let value = elements[2].string else {
            throw .invalidPolicyDocument("Invalid JSON.")
        }
        self.field = field.utf8.first == UInt8(ascii: "$") ? ByteText.lowercasedASCII(field.dropFirst()) : nil
        demand = operation == "eq" ? .equals(value) : .startsWith(value)
    }

    private static func range(_ minimum: JSONValue, _ maximum: JSONValue) throws(S3Error) -> PostSizeRange? {
        guard let least = try number(minimum), let most = try number(maximum) else { return nil }
        return PostSizeRange(minimum: least, maximum: most)
    }

    /// The value of digits, as number or as string; nil for a string without a number, as AWS lets it pass up to here.
    private static func number(_ value: JSONValue) throws(S3Error) -> Int64? {
        switch value {
        case .number(let text):
            guard let number = try digits(text) else { throw .invalidPolicyDocument("Invalid JSON.") }
            return number
        case .string(let text): return try digits(text)
        default: throw .invalidPolicyDocument("Invalid JSON.")
        }
    }

    private static func digits(_ text: String) throws(S3Error) -> Int64? {
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        let digits = isNegative ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        guard !isNegative else {
            throw .invalidPolicyDocument("Invalid content-length-range: the range must not be negative.")
        }
        return Int64(text) ?? .max
    }

    private static func render(_ elements: [JSONValue]) -> String {
        let texts = elements.map { element in
            switch element {
            case .string(let text): JSONValue.quote(text)
            case .number(let text): text
            default: "null"
            }
        }
        return "[" + texts.joined(separator: ", ") + "]"
    }
}
