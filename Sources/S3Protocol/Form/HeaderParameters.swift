/// A header value of the form `value; name=text; name="text"`, read tolerantly.
///
/// Browsers, mail-minded libraries and old clients disagree about quoting, so: names are case-insensitive, a value is
/// quoted or runs to the next `;`, and in quotes only `\"` and `\\` are escapes, since `C:\Users` is sent as it is.
struct HeaderParameters: Sendable {
    /// The text before the first `;`, trimmed, in lower case.
    let value: String
    private var parameters: [(name: String, value: [UInt8])] = []

    /// Reads a header value; never fails, but finds nothing in rubbish.
    init(_ bytes: [UInt8]) {
        var reader = ParameterReader(bytes)
        value = ByteText.lowercasedASCII(ByteText.trimmed(String(decoding: reader.plain(), as: UTF8.self)))
        while reader.nextParameter() {
            let name = ByteText.lowercasedASCII(ByteText.trimmed(String(decoding: reader.name(), as: UTF8.self)))
            guard reader.skipEqualsSign() else { continue }
            parameters.append((name, reader.value()))
        }
    }

    /// The value of the first parameter of this lower-case name, its `name*` form of RFC 5987 before the plain one.
    func preferringExtended(_ name: String) -> [UInt8]? {
        self[name + "*"].flatMap(Self.decodeExtended) ?? self[name]
    }

    /// The value of the first parameter of this lower-case name.
    subscript(_ name: String) -> [UInt8]? {
        parameters.first { ByteText.equal($0.name, name) }?.value
    }

    /// The UTF-8 bytes of `charset'language'percent-encoded` (RFC 5987 section 3.2), or nil.
    private static func decodeExtended(_ bytes: [UInt8]) -> [UInt8]? {
        let parts = bytes.split(separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let decoded = PercentEncoding.decode(parts[2], plusIsBlank: false) else { return nil }
        switch ByteText.lowercasedASCII(String(decoding: parts[0], as: UTF8.self)) {
        case "utf-8": return decoded
        case "iso-8859-1": return decoded.flatMap { Array(String(Unicode.Scalar($0)).utf8) }
        default: return nil
        }
    }
}

private struct ParameterReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Everything up to the next `;`.
    mutating func plain() -> ArraySlice<UInt8> {
        take { $0 != UInt8(ascii: ";") }
    }

    /// Steps over a `;`; false at the end.
    mutating func nextParameter() -> Bool {
        _ = plain()
        guard index < bytes.count else { return false }
        index += 1
        return true
    }

    mutating func name() -> ArraySlice<UInt8> {
        take { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "=") }
    }

    mutating func skipEqualsSign() -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else { return false }
        index += 1
        _ = take { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        return true
    }

    mutating func value() -> [UInt8] {
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
            return Self.withoutTrailingBlanks(plain())
        }
        index += 1
        return quoted()
    }

    private mutating func quoted() -> [UInt8] {
        var text: [UInt8] = []
        var endsInEscapedQuote = false
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") { return text }
            endsInEscapedQuote = false
            guard byte == UInt8(ascii: "\\"), index < bytes.count, Self.isEscapable(bytes[index]) else {
                text.append(byte)
                continue
            }
            endsInEscapedQuote = bytes[index] == UInt8(ascii: "\"")
            text.append(bytes[index])
            index += 1
        }
        // Browsers do not escape a backslash: with `name="a\"` at the very end the quote was the closing one.
        if endsInEscapedQuote { text[text.count - 1] = UInt8(ascii: "\\") }
        return text
    }

    private mutating func take(while condition: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = index
        while index < bytes.count, condition(bytes[index]) { index += 1 }
        return bytes[start..<index]
    }

    private static func isEscapable(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func withoutTrailingBlanks(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var bytes = bytes
        while bytes.last == UInt8(ascii: " ") || bytes.last == UInt8(ascii: "\t") { bytes.removeLast() }
        return Array(bytes)
    }
}
