/// Text as XML 1.0 can carry it.
package enum XMLText {
    /// `text` with each character that XML 1.0 forbids (section 2.2, `Char`) replaced by U+FFFD.
    package static func legal(_ text: String) -> String {
        guard text.utf8.contains(where: isSuspect) else { return text }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { scalars.append(isLegal(scalar) ? scalar : "\u{FFFD}") }
        return String(scalars)
    }

    /// Control bytes, and the lead byte of U+FFFE and U+FFFF.
    private static func isSuspect(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0xEF
    }

    private static func isLegal(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: true
        case 0..<0x20, 0xFFFE, 0xFFFF: false
        default: true
        }
    }
}
