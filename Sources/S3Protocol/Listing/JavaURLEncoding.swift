/// The encoding of `encoding-type=url`, as Java's `URLEncoder` with `/` kept: `A-Z a-z 0-9 / * - _ .` stay, a blank
/// becomes `+`, every other byte an upper-case escape.
package enum JavaURLEncoding {
    /// The encoded form of these bytes.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.underestimatedCount)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: " "): text.append(UInt8(ascii: "+"))
            case _ where stays(byte): text.append(byte)
            default: text += [UInt8(ascii: "%"), Hex.uppercaseDigit(byte >> 4), Hex.uppercaseDigit(byte)]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func stays(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "*"), UInt8(ascii: "-"),
            UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
