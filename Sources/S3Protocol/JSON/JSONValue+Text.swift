extension JSONValue {
    /// The value as JSON without blanks, members in their order.
    package var compactText: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): JSONValue.quote(text)
        case .array(let values): "[" + values.map(\.compactText).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { JSONValue.quote($0.name) + ":" + $0.value.compactText }.joined(separator: ",") + "}"
        }
    }

    /// A string, or `null` for none.
    package static func optional(_ text: String?) -> JSONValue {
        text.map(JSONValue.string) ?? .null
    }

    /// A number, or `null` for none.
    package static func optional(_ number: (some BinaryInteger)?) -> JSONValue {
        number.map { .number("\($0)") } ?? .null
    }
}
