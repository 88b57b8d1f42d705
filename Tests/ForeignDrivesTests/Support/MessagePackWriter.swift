/// Writes MessagePack in the smallest encodings, as Go's msgp library does.
struct MessagePackWriter {
    var bytes: [UInt8] = []

    static func write(_ body: (inout MessagePackWriter) -> Void) -> [UInt8] {
        var writer = MessagePackWriter()
        body(&writer)
        return writer.bytes
    }

    private mutating func number(_ value: UInt64, _ width: Int) {
        for shift in stride(from: 8 * (width - 1), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }

    mutating func null() { bytes.append(0xC0) }
    mutating func boolean(_ value: Bool) { bytes.append(value ? 0xC3 : 0xC2) }

    mutating func integer(_ value: Int64) {
        switch value {
        case 0...0x7F: bytes.append(UInt8(value))
        case -32..<0: bytes.append(UInt8(bitPattern: Int8(value)))
        case 0x80...0xFF: wide(0xCC, UInt64(value), 1)
        case 0...0xFFFF: wide(0xCD, UInt64(value), 2)
        case 0...0xFFFF_FFFF: wide(0xCE, UInt64(value), 4)
        default: wide(0xD3, UInt64(bitPattern: value), 8)
        }
    }

    /// An integer in a chosen encoding.
    mutating func wide(_ head: UInt8, _ value: UInt64, _ width: Int) {
        bytes.append(head)
        number(value, width)
    }

    mutating func text(_ value: String) {
        let utf8 = Array(value.utf8)
        if utf8.count < 32 {
            bytes.append(0xA0 | UInt8(utf8.count))
        } else if utf8.count < 256 {
            wide(0xD9, UInt64(utf8.count), 1)
        } else {
            wide(0xDA, UInt64(utf8.count), 2)
        }
        bytes += utf8
    }

    mutating func binary(_ value: some Collection<UInt8>) {
        if value.count < 256 {
            wide(0xC4, UInt64(value.count), 1)
        } else if value.count < 65_536 {
            wide(0xC5, UInt64(value.count), 2)
        } else {
            wide(0xC6, UInt64(value.count), 4)
        }
        bytes += value
    }

    mutating func array(_ count: Int) {
        if count < 16 { bytes.append(0x90 | UInt8(count)) } else { wide(0xDC, UInt64(count), 2) }
    }

    mutating func map(_ count: Int) {
        if count < 16 { bytes.append(0x80 | UInt8(count)) } else { wide(0xDE, UInt64(count), 2) }
    }

    mutating func integers(_ values: [Int64]) {
        array(values.count)
        for value in values { integer(value) }
    }

    /// A time as Go's msgp library writes it.
    mutating func time(seconds: Int64, nanoseconds: Int32) {
        bytes += [0xC7, 0x0C, 0x05]
        number(UInt64(bitPattern: seconds), 8)
        number(UInt64(UInt32(bitPattern: nanoseconds)), 4)
    }
}
