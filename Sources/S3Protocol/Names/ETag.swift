/// An entity tag as S3 gives it: 32 hexadecimal digits of MD5, or those with `-N` for an object of N parts.
package struct ETag: Hashable, Sendable {
    /// The tag without quotes.
    package let text: String

    /// The tag in double quotes, as headers and listings carry it (RFC 9110 section 8.8.3).
    package var quoted: String { "\"\(text)\"" }

    /// A tag from its text, with or without the quotes.
    package init(_ text: some StringProtocol) {
        self.text =
            text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
            ? String(text.dropFirst().dropLast()) : String(text)
    }

    /// The tag of an object whose content has this MD5 digest.
    package init(md5 digest: some Sequence<UInt8>) {
        self.text = Hex.encode(digest)
    }
}

extension ETag: CustomStringConvertible {
    /// The tag without quotes.
    package var description: String { text }
}
