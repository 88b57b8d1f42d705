/// Hexadecimal text of bytes, as signatures, digests and percent-escapes write it (RFC 4648 section 8).
package enum Hex {
    private static let lowercase = Array("0123456789abcdef".utf8)
    private static let uppercase = Array("0123456789ABCDEF".utf8)

    /// Two lower-case digits for each byte.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        if let text = bytes.withContiguousStorageIfAvailable({ encode(UnsafeRawBufferPointer($0)) }) { return text }
        var digits: [UInt8] = []
        digits.reserveCapacity(bytes.underestimatedCount * 2)
        for byte in bytes {
            digits.append(lowercase[Int(byte >> 4)])
            digits.append(lowercase[Int(byte & 0x0F)])
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// Two lower-case digits for each byte.
    package static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { digits in
            for (index, byte) in bytes.enumerated() {
                digits[2 * index] = lowercaseDigit(byte >> 4)
                digits[2 * index + 1] = lowercaseDigit(byte & 0x0F)
            }
            return bytes.count * 2
        }
    }

    private static func lowercaseDigit(_ nibble: UInt8) -> UInt8 {
        nibble + (nibble < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
    }

    /// Bytes as pairs of lower-case digits with one blank between them: the form of `StringToSignBytes` in S3's errors.
    package static func spaced(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { encode(CollectionOfOne($0)) }.joined(separator: " ")
    }

    /// The bytes that an even number of hexadecimal digits of either case stands for, or nil for any other text.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        decode(Array(text.utf8))
    }

    /// As the other, for whole strings.
    package static func decode(_ text: String) -> [UInt8]? {
        decode(Array(text.utf8))
    }

    private static func decode(_ digits: [UInt8]) -> [UInt8]? {
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(of: digits[index]), let low = value(of: digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// The upper-case digit for the low four bits of `nibble`, as percent-encoding writes it.
    static func uppercaseDigit(_ nibble: UInt8) -> UInt8 {
        uppercase[Int(nibble & 0x0F)]
    }

    /// The value of one hexadecimal digit of either case, or nil.
    static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
