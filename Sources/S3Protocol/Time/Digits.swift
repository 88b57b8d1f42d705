/// Writes numbers of a fixed width and what stands between them.
struct DigitWriter {
    private var bytes: [UInt8] = []

    /// The text that `body` writes.
    static func text(_ body: (inout DigitWriter) -> Void) -> String {
        var writer = DigitWriter()
        writer.bytes.reserveCapacity(32)
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    mutating func add(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    mutating func number(_ value: Int, _ width: Int = 2) {
        var scale = width == 2 ? 10 : 1_000
        while scale > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(value / scale % 10))
            scale /= 10
        }
    }

    mutating func clock(_ time: CivilTime) {
        number(time.hour)
        add(":")
        number(time.minute)
        add(":")
        number(time.second)
    }
}

/// Reads fixed-width numbers and separators from the front of a text.
struct DigitReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: some StringProtocol) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
        position += 1
        return true
    }

    mutating func number(_ width: Int) -> Int? {
        guard bytes.count - position >= width else { return nil }
        var value = 0
        for byte in bytes[position..<position + width] {
            guard Self.isDigit(byte) else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        position += width
        return value
    }

    mutating func nanosecondFraction() -> Int64? {
        guard skip(".") else { return 0 }
        let digits = bytes[position...].prefix(while: Self.isDigit)
        guard (1...9).contains(digits.count) else { return nil }
        let value = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
        let scale = (digits.count..<9).reduce(Int64(1)) { power, _ in power * 10 }
        position += digits.count
        return value * scale
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    mutating func offsetSeconds() -> Int? {
        if skip("Z") { return 0 }
        let sign: Int
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hours = number(2), hours < 24 else { return nil }
        _ = skip(":")
        guard let minutes = number(2), minutes < 60 else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }
}
