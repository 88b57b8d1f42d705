import FoundationEssentials

@testable import S3Protocol

/// What the tests of configurations share.
enum ConfigurationText {
    /// A document of ours with this root and content.
    static func answer(_ root: String, _ content: String) -> String {
        let opening = "<\(root) xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""
        let element = content.isEmpty ? opening + "/>" : opening + ">\(content)</\(root)>"
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + element
    }

    static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// The value after a way through settings.
    static func kept<Value: Codable>(_ value: Value) throws -> Value {
        try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
    }

    /// The settings' text, with sorted keys.
    static func settings(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ settings: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(settings.utf8))
    }

    /// A lookup in headers given by lower-case names.
    static func lookup(_ headers: [String: String]) -> (String) -> String? {
        { headers[$0] }
    }
}
