/// Writes JSON straight into bytes, for texts that are written with every request.
///
/// Costs one pass over what is written. Strings are escaped as `JSONValue.quote` does; order and names are the caller's.
package struct JSONText: Sendable {
    /// What was written so far.
    package private(set) var bytes: [UInt8] = []

    /// An empty text with room for `capacity` bytes.
    package init(capacity: Int = 512) {
        bytes.reserveCapacity(capacity)
    }

    /// Writes an object whose members `body` writes by `member`.
    package mutating func object(_ body: (inout JSONText) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        body(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    /// Writes an array, each element by `body`.
    package mutating func array<Element>(_ elements: [Element], _ body: (inout JSONText, Element) -> Void) {
        bytes.append(UInt8(ascii: "["))
        for (position, element) in elements.enumerated() {
            if position > 0 { bytes.append(UInt8(ascii: ",")) }
            body(&self, element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Writes the name of a member of the object that is open; its value has to follow.
    package mutating func name(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    /// Writes a member with a string, and nothing when there is none.
    package mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        self.name(name)
        string(value)
    }

    /// Writes a member with a number, and nothing when there is none.
    package mutating func member(_ name: StaticString, _ value: Int64?) {
        guard let value else { return }
        self.name(name)
        number(value)
    }

    /// Writes a member with a truth value.
    package mutating func member(_ name: StaticString, _ value: Bool) {
        self.name(name)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Writes a member with an object of strings in byte order of their names, and nothing when there are none.
    package mutating func member(_ name: StaticString, _ values: [String: String]) {
        guard !values.isEmpty else { return }
        self.name(name)
        object { text in
            guard values.count > 1 else { return values.forEach { text.member($0.key, $0.value) } }
            for (name, value) in values.sorted(by: { ByteText.precedes($0.key, $1.key) }) { text.member(name, value) }
        }
    }

    private mutating func member(_ name: String, _ value: String) {
        separate()
        string(name)
        bytes.append(UInt8(ascii: ":"))
        string(value)
    }

    private mutating func number(_ value: Int64) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = value.magnitude
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    /// Writes a string, quoted and escaped.
    package mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        let isPlain = ByteText.withBytes(of: text) { plain in
            guard plain.allSatisfy(Self.isPlain) else { return false }
            bytes.append(contentsOf: plain)
            return true
        }
        if !isPlain { bytes.append(contentsOf: JSONValue.quote(text).utf8.dropFirst().dropLast()) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func separate() {
        if let last = bytes.last, last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}
