/// Base64 with the standard alphabet (RFC 4648 section 4).
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()

    /// The padded text of `bytes`.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        bytes.withContiguousStorageIfAvailable { encode($0) } ?? Array(bytes).withUnsafeBufferPointer { encode($0) }
    }

    private static func encode(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var buffer: UInt32 = 0
        var pending = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            pending += 1
            guard pending == 3 else { continue }
            for shift in [18, 12, 6, 0] { text.append(alphabet[Int(buffer >> UInt32(shift) & 0x3F)]) }
            (buffer, pending) = (0, 0)
        }
        if pending > 0 {
            buffer <<= UInt32(8 * (3 - pending))
            for index in 0...pending { text.append(alphabet[Int(buffer >> UInt32(18 - 6 * index) & 0x3F)]) }
            for _ in pending..<3 { text.append(UInt8(ascii: "=")) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of padded or unpadded text, or nil when a character is not of the alphabet, the length is
    /// impossible, padding stands where none belongs, or unused bits are set.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var characters = Array(text.utf8)
        let padded = characters.count
        while characters.last == UInt8(ascii: "="), padded - characters.count < 2 { characters.removeLast() }
        guard characters.count % 4 != 1 else { return nil }
        if padded != characters.count, !padded.isMultiple(of: 4) { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count * 3 / 4)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for character in characters {
            let value = values[Int(character)]
            guard value != 0xFF else { return nil }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
            buffer &= (1 << bits) - 1
        }
        return buffer == 0 ? bytes : nil
    }
}
