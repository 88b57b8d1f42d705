extension MessagePackReader {
    /// Reads the head of the next value.
    mutating func readHead() throws(ForeignDriveError) -> MessagePackHead {
        let byte = try take(1).first ?? 0
        switch byte {
        case 0x00...0x7F: return .unsigned(UInt64(byte))
        case 0x80...0x8F: return try map(UInt64(byte & 0x0F))
        case 0x90...0x9F: return try array(UInt64(byte & 0x0F))
        case 0xA0...0xBF: return .text(try length(UInt64(byte & 0x1F)))
        case 0xE0...0xFF: return .negative(Int64(Int8(bitPattern: byte)))
        default: return try readLongHead(byte)
        }
    }

    /// The heads that have a number after their first byte.
    private mutating func readLongHead(_ byte: UInt8) throws(ForeignDriveError) -> MessagePackHead {
        switch byte {
        case 0xC0: return .null
        case 0xC2: return .boolean(false)
        case 0xC3: return .boolean(true)
        case 0xC4...0xC6: return .binary(try length(try takeNumber(1 << Int(byte - 0xC4))))
        case 0xC7...0xC9: return try extended(try takeNumber(1 << Int(byte - 0xC7)))
        case 0xCA, 0xCB: return .float(try length(byte == 0xCA ? 4 : 8))
        case 0xCC...0xCF: return .unsigned(try takeNumber(1 << Int(byte - 0xCC)))
        case 0xD0...0xD3: return try signed(width: 1 << Int(byte - 0xD0))
        case 0xD4...0xD8: return try extended(1 << UInt64(byte - 0xD4))
        case 0xD9...0xDB: return .text(try length(try takeNumber(1 << Int(byte - 0xD9))))
        case 0xDC, 0xDD: return try array(try takeNumber(byte == 0xDC ? 2 : 4))
        case 0xDE, 0xDF: return try map(try takeNumber(byte == 0xDE ? 2 : 4))
        default: throw .malformed("a MessagePack value begins with the unused byte c1")
        }
    }

    private mutating func signed(width: Int) throws(ForeignDriveError) -> MessagePackHead {
        let unused = Int64(64 - 8 * width)
        let value = (Int64(bitPattern: try takeNumber(width)) << unused) >> unused
        return value < 0 ? .negative(value) : .unsigned(UInt64(value))
    }

    private mutating func extended(_ announced: UInt64) throws(ForeignDriveError) -> MessagePackHead {
        let type = Int8(bitPattern: try take(1).first ?? 0)
        return .extended(type: type, length: try length(announced))
    }

    private func array(_ count: UInt64) throws(ForeignDriveError) -> MessagePackHead {
        .array(try length(count))
    }

    private func map(_ count: UInt64) throws(ForeignDriveError) -> MessagePackHead {
        guard count <= UInt64(rest.count / 2) else { throw .truncated("a MessagePack map") }
        return .map(Int(count))
    }

    private func length(_ announced: UInt64) throws(ForeignDriveError) -> Int {
        guard announced <= UInt64(rest.count) else { throw .truncated("a MessagePack value") }
        return Int(announced)
    }
}
