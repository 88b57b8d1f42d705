/// Lets any bytes stand in a line: a line end becomes `\n`, a backslash two of them, all others stay.
enum LineEscaping {
    private static let backslash = UInt8(ascii: "\\")
    private static let lineEnd = UInt8(ascii: "\n")

    /// Writes these bytes in their written form, which takes up to twice their number; returns how many it took.
    ///
    /// Costs about what copying does: most words have nothing to be escaped.
    static func write(_ bytes: UnsafeRawBufferPointer, to line: UnsafeMutableRawPointer) -> Int {
        var (position, end) = (0, line)
        while position + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            // All eight fit: the line has room for twice as many bytes as are left. What is behind a mark is written
            // once more.
            end.storeBytes(of: word, as: UInt64.self)
            let marks = marks(of: lineEnd, in: word.littleEndian) | marks(of: backslash, in: word.littleEndian)
            if marks == 0 {
                (position, end) = (position + 8, end + 8)
            } else {
                let plain = marks.trailingZeroBitCount / 8
                (position, end) = (position + plain, end + plain)
                escape(bytes[position], &position, &end)
            }
        }
        while position < bytes.count {
            let byte = bytes[position]
            if byte == lineEnd || byte == backslash {
                escape(byte, &position, &end)
            } else {
                end.storeBytes(of: byte, as: UInt8.self)
                (position, end) = (position + 1, end + 1)
            }
        }
        return end - line
    }

    private static func escape(_ byte: UInt8, _ position: inout Int, _ end: inout UnsafeMutableRawPointer) {
        end.storeBytes(of: backslash, as: UInt8.self)
        end.storeBytes(of: byte == lineEnd ? UInt8(ascii: "n") : byte, toByteOffset: 1, as: UInt8.self)
        (position, end) = (position + 1, end + 2)
    }

    /// The bytes that were written so, nil when they were not.
    static func decode(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(line.count)
        var isEscaped = false
        for byte in line {
            if isEscaped {
                guard byte == backslash || byte == UInt8(ascii: "n") else { return nil }
                bytes.append(byte == backslash ? backslash : lineEnd)
                isEscaped = false
            } else if byte == backslash {
                isEscaped = true
            } else {
                bytes.append(byte)
            }
        }
        return isEscaped ? nil : bytes
    }

    /// Marks the bytes of a word that are this one: the lowest mark is right, those above it may be too many.
    private static func marks(of byte: UInt8, in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let difference = word ^ (ones &* UInt64(byte))
        return (difference &- ones) & ~difference & (ones << 7)
    }
}
