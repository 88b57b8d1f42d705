/// Makes stored text fit for a response header.
package enum HeaderText {
    /// A content header's value: characters outside of ISO-8859-1 and control characters become blanks, as on AWS; so
    /// no stored value can split a response.
    package static func field(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 < 0x20 || $0 >= 0x7F }) else { return value }
        return String(
            String.UnicodeScalarView(value.unicodeScalars.map { isPlain($0) ? $0 : " " })
        )
    }

    /// A user metadata value: ASCII as it is, other text as one RFC 2047 encoded-word.
    ///
    /// There is one for every text, so nothing is left to count in `x-amz-missing-meta`.
    package static func metadata(_ value: String) -> String {
        EncodedWord.encode(value)
    }

    /// Whether text may be the name of a header field (RFC 9110 section 5.6.2).
    package static func isToken(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isTokenByte)
    }

    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x20 && scalar.value <= 0xFF && !(0x7F...0x9F).contains(scalar.value)
    }
}
