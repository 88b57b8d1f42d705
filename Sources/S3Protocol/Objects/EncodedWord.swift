/// An encoded-word of RFC 2047: text of any language in ASCII, as in `=?UTF-8?Q?caf=C3=A9?=`.
///
/// S3 reads and writes values of user metadata in this form where they go beyond ASCII.
package struct EncodedWord: Equatable, Sendable {
    /// What the word stands for, in UTF-8; a character may be cut between two words.
    let bytes: [UInt8]

    /// The word that `text` is, or nil when it is none or of a character set other than UTF-8, ASCII and ISO-8859-1.
    ///
    /// Longer words than the 75 characters of RFC 2047 section 2 are read: they are written too.
    init?(_ text: ArraySlice<UInt8>) {
        let (opening, closing) = (Array("=?".utf8), Array("?=".utf8))
        guard text.count > 4, text.starts(with: opening), text.suffix(2).elementsEqual(closing) else { return nil }
        let fields = text.dropFirst(2).dropLast(2).split(
            separator: UInt8(ascii: "?"),
            omittingEmptySubsequences: false
        )
        guard fields.count == 3, !fields[2].isEmpty else { return nil }
        guard let content = Self.content(fields[2], encoding: fields[1]),
            let bytes = Self.utf8(content, charset: fields[0])
        else { return nil }
        self.bytes = bytes
    }

    /// `text` with all encoded-words in it decoded; what only looks like one stays as it is.
    ///
    /// The blanks between two words belong to neither (RFC 2047 section 6.2). Words that together are not UTF-8 stay
    /// as they are. What comes out may hold control characters.
    package static func decode(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "?")) else { return text }
        var decoded = DecodedText()
        for token in Token.all(in: bytes[...]) { decoded.append(token) }
        return decoded.finish()
    }

    /// ASCII as it is, other text as one encoded-word, in the `Q` encoding unless it has control bytes.
    package static func encode(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 >= 0x7F }) else { return text }
        if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            return "=?UTF-8?B?" + Base64.encode(Array(text.utf8)) + "?="
        }
        return "=?UTF-8?Q?" + text.utf8.map(quoted).joined() + "?="
    }

    private static func content(_ text: ArraySlice<UInt8>, encoding: ArraySlice<UInt8>) -> [UInt8]? {
        switch Array(encoding) {
        case [UInt8(ascii: "Q")], [UInt8(ascii: "q")]: unquoted(text)
        case [UInt8(ascii: "B")], [UInt8(ascii: "b")]: Base64.decode(String(decoding: text, as: UTF8.self))
        default: nil
        }
    }

    private static func utf8(_ content: [UInt8], charset: ArraySlice<UInt8>) -> [UInt8]? {
        // A language may follow the name (RFC 2231 section 5).
        let name = charset.prefix { $0 != UInt8(ascii: "*") }
        switch ByteText.lowercasedASCII(String(decoding: name, as: UTF8.self)) {
        case "utf-8", "utf8": return content
        case "us-ascii": return content.allSatisfy { $0 < 0x80 } ? content : nil
        case "iso-8859-1": return content.flatMap { String(UnicodeScalar($0)).utf8 }
        default: return nil
        }
    }

    private static func unquoted(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var iterator = text.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "_"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "="):
                guard let high = iterator.next().flatMap(Hex.value(of:)),
                    let low = iterator.next().flatMap(Hex.value(of:))
                else { return nil }
                bytes.append(high << 4 | low)
            case 0x21...0x7E: bytes.append(byte)
            default: return nil
            }
        }
        return bytes
    }

    private static func quoted(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: " "): "_"
        case UInt8(ascii: "="), UInt8(ascii: "?"), UInt8(ascii: "_"), 0x80...:
            "=" + String(UnicodeScalar(Hex.uppercaseDigit(byte >> 4))) + String(UnicodeScalar(Hex.uppercaseDigit(byte)))
        default: String(UnicodeScalar(byte))
        }
    }
}

/// What stands between blanks in a text, and the blanks before it.
private struct Token {
    let blanks: ArraySlice<UInt8>
    let text: ArraySlice<UInt8>

    static func all(in bytes: ArraySlice<UInt8>) -> [Token] {
        var tokens: [Token] = []
        var rest = bytes
        while !rest.isEmpty {
            let blanks = rest.prefix(while: isBlank)
            let text = rest[blanks.endIndex...].prefix { !isBlank($0) }
            tokens.append(Token(blanks: blanks, text: text))
            rest = rest[text.endIndex...]
        }
        return tokens
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

/// Text that is put together again from tokens, the encoded-words among them decoded.
private struct DecodedText {
    private var done: [UInt8] = []
    /// The words in a row that `done` does not have yet, as they were written and as they are read.
    private var written: [UInt8] = []
    private var read: [UInt8] = []

    mutating func append(_ token: Token) {
        guard let word = EncodedWord(token.text) else {
            endRow()
            done += token.blanks + token.text
            return
        }
        if written.isEmpty { done += token.blanks } else { written += token.blanks }
        written += token.text
        read += word.bytes
    }

    mutating func finish() -> String {
        endRow()
        return String(decoding: done, as: UTF8.self)
    }

    private mutating func endRow() {
        done += String(validating: read, as: UTF8.self) == nil ? written : read
        (written, read) = ([], [])
    }
}
