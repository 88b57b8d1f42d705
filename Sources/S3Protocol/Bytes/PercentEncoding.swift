/// Percent-encoding as SigV4 defines it: only `A-Z a-z 0-9 - . _ ~` stay, escapes are upper-case.
///
/// Source: AWS, "Authenticating requests: calculating signatures", function `UriEncode`. It works on bytes, since
/// what is signed is bytes.
package enum PercentEncoding {
    /// The encoded form of `bytes`; with `keepingSlash` a `/` stays as it is, as in a path.
    package static func encode(_ bytes: some Sequence<UInt8>, keepingSlash: Bool) -> String {
        // Most text needs no escapes.
        let plain = bytes.withContiguousStorageIfAvailable { bytes in
            bytes.allSatisfy { isUnreserved($0) || keepingSlash && $0 == UInt8(ascii: "/") }
                ? String(decoding: bytes, as: UTF8.self) : nil
        }
        if case .some(let text?) = plain { return text }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.underestimatedCount)
        for byte in bytes {
            if isUnreserved(byte) || (keepingSlash && byte == UInt8(ascii: "/")) {
                text.append(byte)
            } else {
                text.append(UInt8(ascii: "%"))
                text.append(Hex.uppercaseDigit(byte >> 4))
                text.append(Hex.uppercaseDigit(byte))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The encoded form of `bytes`, as the other.
    package static func encode(_ bytes: [UInt8], keepingSlash: Bool) -> String {
        guard bytes.allSatisfy({ isUnreserved($0) || keepingSlash && $0 == UInt8(ascii: "/") }) else {
            return bytes.withUnsafeBufferPointer { encode($0, keepingSlash: keepingSlash) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The encoded form of the UTF-8 of `text`.
    package static func encode(_ text: some StringProtocol, keepingSlash: Bool) -> String {
        encode(text.utf8, keepingSlash: keepingSlash)
    }

    /// The bytes behind percent-encoded text, or nil when a `%` is not followed by two hexadecimal digits.
    ///
    /// With `plusIsBlank` a `+` stands for a blank, as in a query or form.
    package static func decode(_ bytes: some Sequence<UInt8>, plusIsBlank: Bool) -> [UInt8]? {
        let plain = bytes.withContiguousStorageIfAvailable { bytes in
            bytes.contains { $0 == UInt8(ascii: "%") || plusIsBlank && $0 == UInt8(ascii: "+") } ? nil : Array(bytes)
        }
        if case .some(let decoded?) = plain { return decoded }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.underestimatedCount)
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(Hex.value(of:)),
                    let low = iterator.next().flatMap(Hex.value(of:))
                else { return nil }
                decoded.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsBlank:
                decoded.append(UInt8(ascii: " "))
            default:
                decoded.append(byte)
            }
        }
        return decoded
    }

    /// Whether decoding a path and encoding it again would give the same path.
    static func isCanonicalPath(_ path: String) -> Bool {
        path.utf8.allSatisfy { isUnreserved($0) || $0 == UInt8(ascii: "/") }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
