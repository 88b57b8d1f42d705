package import S3Protocol

/// An answer of the JSON API whose members have an order, which `Encodable` would lose.
package protocol JSONDocument: Sendable {
    /// The answer as a tree.
    var json: JSONValue { get }
}

extension JSONDocument {
    /// The answer as compact UTF-8.
    package var bytes: [UInt8] { Array(json.compactText.utf8) }
}

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

    static func optional(_ text: String?) -> JSONValue {
        text.map(JSONValue.string) ?? .null
    }

    static func optional(_ number: (some BinaryInteger)?) -> JSONValue {
        number.map { .number("\($0)") } ?? .null
    }
}
