/// Comparison of text by its bytes.
///
/// Swift's `==` on strings holds canonically equivalent texts for equal; S3 never does: keys, policies and headers
/// are bytes. Whatever is compared in the protocol goes through here or through `ObjectKey`.
package enum ByteText {
    /// Whether both texts are the same bytes in UTF-8.
    package static func equal(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
        left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
    }

    /// Whether the bytes of `text` begin with those of `prefix`.
    package static func hasPrefix(_ text: some StringProtocol, _ prefix: some StringProtocol) -> Bool {
        text.utf8.starts(with: prefix.utf8)
    }

    /// Whether both byte sequences are equal, in a time that depends on their lengths only.
    package static func equalInConstantTime(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (one, other) in zip(left, right) { difference |= one ^ other }
        return difference == 0
    }

    /// ASCII lower case; other bytes stay as they are, unlike with `String.lowercased()`.
    package static func lowercasedASCII(_ text: some StringProtocol) -> String {
        String(
            decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 },
            as: UTF8.self
        )
    }

    /// `text` without the blanks, tabs, carriage returns and line feeds at its ends.
    package static func trimmed(_ text: some StringProtocol) -> String {
        let bytes = Array(text.utf8)
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
        guard let first = bytes.firstIndex(where: { !isBlank($0) }),
            let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}
