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
