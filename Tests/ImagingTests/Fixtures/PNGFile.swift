/// PNG files made by hand, with deflate blocks of the simplest kinds.
enum PNGFile {
    enum ColorType: UInt8 {
        case grey = 0
        case rgb = 2
        case rgba = 6

        var channels: Int {
            switch self {
            case .grey: 1
            case .rgb: 3
            case .rgba: 4
            }
        }
    }

    /// A picture whose pixels a closure gives, 8 bits a channel.
    static func picture(
        _ width: Int,
        _ height: Int,
        _ type: ColorType = .rgb,
        _ pixel: (Int, Int) -> [UInt8]
    ) -> [UInt8] {
        var raw: [UInt8] = []
        for row in 0..<height {
            raw.append(0)
            for column in 0..<width { raw += pixel(column, row) }
        }
        return file(width, height, depth: 8, type: type.rawValue, interlaced: false, zlib: stored(raw))
    }

    /// A picture of zeros, compressed a thousandfold; never held in memory.
    static func zeros(_ width: Int, _ height: Int, depth: UInt8, _ type: ColorType, interlaced: Bool = false) -> [UInt8]
    {
        let bits = Int(depth) * type.channels
        let length = interlaced ? adam7Length(width, height, bits) : height * (1 + (width * bits + 7) / 8)
        return file(width, height, depth: depth, type: type.rawValue, interlaced: interlaced, zlib: zeroStream(length))
    }

    private static func file(
        _ width: Int,
        _ height: Int,
        depth: UInt8,
        type: UInt8,
        interlaced: Bool,
        zlib: [UInt8]
    ) -> [UInt8] {
        let header = bigEndian(width) + bigEndian(height) + [depth, type, 0, 0, interlaced ? 1 : 0]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + chunk("IDAT", zlib)
            + chunk("IEND", [])
    }

    static func bigEndian(_ number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    private static func chunk(_ name: String, _ body: [UInt8]) -> [UInt8] {
        let named = Array(name.utf8) + body
        return bigEndian(body.count) + named + bigEndian(Int(crc(named)))
    }

    private static let crcTable: [UInt32] = (0..<256).map { start in
        (0..<8).reduce(UInt32(start)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        var value: UInt32 = 0xFFFF_FFFF
        for byte in bytes { value = crcTable[Int((value ^ UInt32(byte)) & 0xFF)] ^ (value >> 8) }
        return ~value
    }

    private static func stored(_ raw: [UInt8]) -> [UInt8] {
        var result: [UInt8] = [0x78, 0x01]
        var (a, b) = (1, 0)
        for byte in raw {
            a = (a + Int(byte)) % 65521
            b = (b + a) % 65521
        }
        for start in stride(from: 0, to: raw.count, by: 65535) {
            let part = raw[start..<min(start + 65535, raw.count)]
            let isLast = start + 65535 >= raw.count
            result += [isLast ? 1 : 0, UInt8(part.count & 0xFF), UInt8(part.count >> 8)]
            result += [UInt8(~part.count & 0xFF), UInt8(~part.count >> 8 & 0xFF)] + part
        }
        return result + bigEndian(b << 16 | a)
    }

    /// One literal zero, then copies of 258 (symbol 285, distance 1: 13 bits) and single zeros, by the fixed codes.
    private static func zeroStream(_ length: Int) -> [UInt8] {
        var bits = BitWriter()
        bits.append(0b011, count: 3)
        bits.append(0b0000_1100, count: 8)
        for _ in 0..<((length - 1) / 258) { bits.append(0b0_0000_1010_0011, count: 13) }
        for _ in 0..<((length - 1) % 258) { bits.append(0b0000_1100, count: 8) }
        bits.append(0, count: 7)
        return [0x78, 0x01] + bits.finished + bigEndian((length % 65521) << 16 | 1)
    }

    private static func adam7Length(_ width: Int, _ height: Int, _ bits: Int) -> Int {
        let passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
        return passes.reduce(0) { total, pass in
            let columns = max(0, (width - pass.0 + pass.2 - 1) / pass.2)
            let rows = max(0, (height - pass.1 + pass.3 - 1) / pass.3)
            return columns == 0 ? total : total + rows * (1 + (columns * bits + 7) / 8)
        }
    }
}

/// Bits packed from the lowest of each byte, as deflate and GIF do.
struct BitWriter {
    private var bytes: [UInt8] = []
    private var pending: UInt64 = 0
    private var held = 0

    mutating func append(_ value: UInt64, count: Int) {
        pending |= value << UInt64(held)
        held += count
        while held >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            held -= 8
        }
    }

    var finished: [UInt8] { held > 0 ? bytes + [UInt8(truncatingIfNeeded: pending)] : bytes }
}
