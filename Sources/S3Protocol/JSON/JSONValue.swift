/// A JSON text as a tree that keeps order and repeated names, and numbers as they were written.
package indirect enum JSONValue: Equatable, Sendable {
    /// One name with its value.
    package struct Member: Equatable, Sendable {
        /// The name, unescaped.
        package let name: String
        /// Its value.
        package let value: JSONValue

        /// A member of this name and value.
        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number's own text.
    case number(String)
    /// A string, unescaped.
    case string(String)
    /// Elements in order.
    case array([JSONValue])
    /// Members in order, repeats included.
    case object([Member])

    /// Strings are compared by their bytes, as S3 compares everything.
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let one), .bool(let other)): one == other
        case (.number(let one), .number(let other)), (.string(let one), .string(let other)):
            ByteText.equal(one, other)
        case (.array(let one), .array(let other)): one == other
        case (.object(let one), .object(let other)):
            one.elementsEqual(other) { ByteText.equal($0.name, $1.name) && $0.value == $1.value }
        default: false
        }
    }
}

extension JSONValue {
    /// The text inside, of a string only.
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// `text` as a JSON string: quoted, with only what RFC 8259 section 7 demands escaped.
    package static func quote(_ text: String) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
            case UInt8(ascii: "\r"): bytes += Array("\\r".utf8)
            case UInt8(ascii: "\t"): bytes += Array("\\t".utf8)
            case 0..<0x20: bytes += Array("\\u00\(Hex.encode([byte]))".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }
}
