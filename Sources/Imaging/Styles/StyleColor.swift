/// A background: an opaque sRGB colour, or none.
package struct StyleColor: Hashable, Sendable {
    package let red: UInt8
    package let green: UInt8
    package let blue: UInt8
    package let isTransparent: Bool

    package static let white = StyleColor(red: 255, green: 255, blue: 255)
    /// No colour; formats without alpha show white instead.
    package static let transparent = StyleColor(red: 255, green: 255, blue: 255, isTransparent: true)

    /// An opaque colour.
    package init(red: UInt8, green: UInt8, blue: UInt8) {
        self.init(red: red, green: green, blue: blue, isTransparent: false)
    }

    private init(red: UInt8, green: UInt8, blue: UInt8, isTransparent: Bool) {
        self.red = red
        self.green = green
        self.blue = blue
        self.isTransparent = isTransparent
    }

    /// A colour from `rrggbb`, with or without `#`, or `transparent`; nil for any other text.
    package init?(_ text: String) {
        guard text != "transparent" else {
            self = .transparent
            return
        }
        let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
        guard digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit), let number = UInt32(digits, radix: 16) else {
            return nil
        }
        self.init(
            red: UInt8(truncatingIfNeeded: number >> 16),
            green: UInt8(truncatingIfNeeded: number >> 8),
            blue: UInt8(truncatingIfNeeded: number)
        )
    }

    /// `transparent` or six lower case hexadecimal digits.
    package var text: String {
        guard !isTransparent else { return "transparent" }
        let number = UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }
}

extension StyleColor: Codable {
    /// A colour from its text.
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        let text = try value.decode(String.self)
        guard let color = StyleColor(text) else {
            throw DecodingError.dataCorruptedError(
                in: value,
                debugDescription: "'\(text)' is neither rrggbb nor transparent."
            )
        }
        self = color
    }

    /// Writes the text.
    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        try value.encode(text)
    }
}
