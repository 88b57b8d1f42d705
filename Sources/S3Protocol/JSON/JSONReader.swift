/// Reads one JSON text strictly by RFC 8259, with bounds on size and depth.
///
/// Strict means: no trailing comma, no comment, no lone surrogate, no raw control byte in a string, UTF-8 only, nothing
/// behind the value. Time is linear in the bytes.
package struct JSONReader {
    /// The bytes and levels that are read at most, and the escapes beyond RFC 8259.
    package struct Limits: Sendable {
        /// The most bytes of a text.
        package var length: Int
        /// The most arrays and objects inside each other.
        package var depth: Int
        /// Whether `\$` and `\v` are escapes, as in S3's POST policies.
        package var allowsPolicyEscapes: Bool

        /// Limits of these values.
        package init(length: Int, depth: Int, allowsPolicyEscapes: Bool = false) {
            self.length = length
            self.depth = depth
            self.allowsPolicyEscapes = allowsPolicyEscapes
        }
    }

    private let bytes: [UInt8]
    private let limits: Limits
    private var index = 0

    private init(_ bytes: [UInt8], limits: Limits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// The value that `bytes` hold, or nil when they are not one JSON text within the limits.
    package static func read(_ bytes: [UInt8], limits: Limits) -> JSONValue? {
        guard bytes.count <= limits.length else { return nil }
        var reader = JSONReader(bytes, limits: limits)
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipBlanks()
        return reader.index == bytes.count ? value : nil
    }
}

// MARK: - Values

extension JSONReader {
    private mutating func value(depth: Int) -> JSONValue? {
        skipBlanks()
        switch peek {
        case UInt8(ascii: "{"): return depth < limits.depth ? object(depth: depth + 1) : nil
        case UInt8(ascii: "["): return depth < limits.depth ? array(depth: depth + 1) : nil
        case UInt8(ascii: "\""): return string().map(JSONValue.string)
        case UInt8(ascii: "t"): return skip("true") ? .bool(true) : nil
        case UInt8(ascii: "f"): return skip("false") ? .bool(false) : nil
        case UInt8(ascii: "n"): return skip("null") ? .null : nil
        default: return number()
        }
    }

    private mutating func object(depth: Int) -> JSONValue? {
        index += 1
        var members: [JSONValue.Member] = []
        if skipMark(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipBlanks()
            guard let name = string(), skipMark(UInt8(ascii: ":")), let value = value(depth: depth) else { return nil }
            members.append(JSONValue.Member(name, value))
        } while skipMark(UInt8(ascii: ","))
        return skipMark(UInt8(ascii: "}")) ? .object(members) : nil
    }

    private mutating func array(depth: Int) -> JSONValue? {
        index += 1
        var elements: [JSONValue] = []
        if skipMark(UInt8(ascii: "]")) { return .array(elements) }
        repeat {
            guard let value = value(depth: depth) else { return nil }
            elements.append(value)
        } while skipMark(UInt8(ascii: ","))
        return skipMark(UInt8(ascii: "]")) ? .array(elements) : nil
    }

    private mutating func number() -> JSONValue? {
        let start = index
        _ = skip("-")
        if !skip("0") {
            guard skipDigits() else { return nil }
        }
        if skip(".") {
            guard skipDigits() else { return nil }
        }
        if skip("e") || skip("E") {
            _ = skip("+") || skip("-")
            guard skipDigits() else { return nil }
        }
        return .number(String(decoding: bytes[start..<index], as: UTF8.self))
    }
}

// MARK: - Strings

extension JSONReader {
    private mutating func string() -> String? {
        guard peek == UInt8(ascii: "\"") else { return nil }
        index += 1
        var text: [UInt8] = []
        while true {
            // Most strings have no escape and are taken in one piece.
            let start = index
            while let byte = peek, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { index += 1 }
            let run = bytes[start..<index]
            guard let byte = peek, byte >= 0x20 else { return nil }
            index += 1
            if byte == UInt8(ascii: "\"") {
                return String(validating: text.isEmpty ? run : ArraySlice(text + run), as: UTF8.self)
            }
            guard let scalar = escape() else { return nil }
            text.append(contentsOf: run)
            text.append(contentsOf: String(scalar).utf8)
        }
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard let byte = peek else { return nil }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return unicodeEscape()
        case UInt8(ascii: "$") where limits.allowsPolicyEscapes: return "$"
        case UInt8(ascii: "v") where limits.allowsPolicyEscapes: return "\u{B}"
        default: return nil
        }
    }

    private mutating func unicodeEscape() -> Unicode.Scalar? {
        guard let unit = fourDigits() else { return nil }
        guard (0xD800...0xDBFF).contains(unit) else { return Unicode.Scalar(unit) }
        guard skip("\\u"), let low = fourDigits(), (0xDC00...0xDFFF).contains(low) else { return nil }
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    }

    private mutating func fourDigits() -> UInt32? {
        guard bytes.count - index >= 4 else { return nil }
        let digits = bytes[index..<(index + 4)].compactMap(Hex.value(of:))
        guard digits.count == 4 else { return nil }
        index += 4
        return digits.reduce(0) { $0 << 4 | UInt32($1) }
    }
}

// MARK: - Bytes

extension JSONReader {
    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { index += 1 }
    }

    private mutating func skip(_ text: StaticString) -> Bool {
        let wanted = text.description.utf8
        guard bytes[index...].starts(with: wanted) else { return false }
        index += wanted.count
        return true
    }

    private mutating func skipMark(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard peek == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipDigits() -> Bool {
        let start = index
        while let byte = peek, (0x30...0x39).contains(byte) { index += 1 }
        return index > start
    }
}
