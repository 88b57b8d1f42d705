/// Lets any bytes stand in a line: a line end becomes `\n`, a backslash two of them, all others stay.
enum LineEscaping {
    private static let backslash = UInt8(ascii: "\\")
    private static let lineEnd = UInt8(ascii: "\n")

    /// Writes these bytes in their written form, which takes up to twice their number; returns how many it took.
    ///
    /// Costs about what copying does: most words have nothing to be escaped.
    static func write(_ bytes: UnsafeRawBufferPointer, to line: UnsafeMutableRawPointer) -> Int {
        var (position, end) = (0, line)
        while position < bytes.count {
            if position + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                if !has(lineEnd, word), !has(backslash, word) {
                    end.storeBytes(of: word, as: UInt64.self)
                    (position, end) = (position + 8, end + 8)
                    continue
                }
            }
            // Byte by byte up to the next word.
            for _ in 0..<min(8, bytes.count - position) {
                let byte = bytes[position]
                if byte == lineEnd || byte == backslash {
                    end.storeBytes(of: backslash, as: UInt8.self)
                    end += 1
                }
                end.storeBytes(of: byte == lineEnd ? UInt8(ascii: "n") : byte, as: UInt8.self)
                (position, end) = (position + 1, end + 1)
            }
        }
        return end - line
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

    /// Whether one of the eight bytes of a word is this one.
    private static func has(_ byte: UInt8, _ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let difference = word ^ (ones &* UInt64(byte))
        return (difference &- ones) & ~difference & (ones << 7) != 0
    }
}
