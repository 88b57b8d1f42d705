/// Reads the values of EXIF as the image library writes them: `48/1 51/1 2952/100 (48, 51, 29.52, Rational, …)`.
package enum ExifText {
    /// `2014:05:01 12:00:00` as `2014-05-01T12:00:00`, with the offset behind it when there is a valid one.
    package static func time(_ text: String, offset: String?) -> String? {
        let bytes = Array(text.utf8.prefix(19))
        let form = Array("0000:00:00 00:00:00".utf8)
        guard bytes.count == form.count, matches(bytes, form) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        let (date, clock) = (parts[0].split(separator: ":"), parts[1].split(separator: ":"))
        // A camera that was never set writes zeros.
        guard let month = Int(date[1]), let day = Int(date[2]), (1...12).contains(month), (1...31).contains(day),
            let hour = Int(clock[0]), let minute = Int(clock[1]), let second = Int(clock[2]), hour < 24, minute < 60,
            second < 61
        else { return nil }
        return date.joined(separator: "-") + "T" + parts[1] + (offset.flatMap(zone) ?? "")
    }

    private static func zone(_ text: String) -> String? {
        let bytes = Array(text.utf8.prefix(6))
        guard let sign = bytes.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
        guard matches(Array(bytes.dropFirst()), Array("00:00".utf8)) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether the bytes are digits where the form has a zero, and as the form elsewhere.
    private static func matches(_ bytes: [UInt8], _ form: [UInt8]) -> Bool {
        bytes.count == form.count
            && zip(bytes, form).allSatisfy { byte, place in
                place == UInt8(ascii: "0") ? (0x30...0x39).contains(byte) : byte == place
            }
    }

    /// Degrees, minutes and seconds with their side of the equator or of Greenwich, to a millionth: a tenth of a metre.
    package static func degrees(_ text: String, reference: String?) -> Double? {
        let numbers = text.split(separator: " ").prefix(3).map(ratio)
        guard numbers.count == 3, let side = reference?.utf8.first else { return nil }
        var result = 0.0
        for (index, number) in numbers.enumerated() {
            guard let number else { return nil }
            result += number / [1, 60, 3600][index]
        }
        result = (result * 1_000_000).rounded() / 1_000_000
        switch side {
        case UInt8(ascii: "N"), UInt8(ascii: "E"): return result
        case UInt8(ascii: "S"), UInt8(ascii: "W"): return -result
        default: return nil
        }
    }

    private static func ratio(_ text: Substring) -> Double? {
        let parts = text.split(separator: "/").map { Double($0) }
        guard parts.count == 2, let upper = parts[0], let lower = parts[1], lower > 0, upper >= 0 else { return nil }
        return upper / lower
    }
}
