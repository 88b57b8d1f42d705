/// Comparison of text by its bytes.
///
/// Swift's `==` on strings holds canonically equivalent texts for equal; S3 never does: keys, policies and headers
/// are bytes. Whatever is compared in the protocol goes through here or through `ObjectKey`.
package enum ByteText {
    /// Whether both texts are the same bytes in UTF-8.
    package static func equal(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
        left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
    }

    /// Whether the bytes of `text` begin with those of `prefix`.
    package static func hasPrefix(_ text: some StringProtocol, _ prefix: some StringProtocol) -> Bool {
        text.utf8.starts(with: prefix.utf8)
    }

    // Texts are nearly always whole strings, whose bytes lie together: those are compared at once, the others, which go
    // through generic code that is not specialised for them, byte by byte.

    /// Whether both texts are the same bytes in UTF-8.
    package static func equal(_ left: String, _ right: String) -> Bool {
        let count = left.utf8.count
        return count == right.utf8.count && same(left, right, count)
    }

    /// Whether the bytes of `text` begin with those of `prefix`.
    package static func hasPrefix(_ text: String, _ prefix: String) -> Bool {
        let count = prefix.utf8.count
        return count <= text.utf8.count && same(text, prefix, count)
    }

    /// Whether the bytes of a text come before those of another in byte order.
    package static func precedes(_ left: String, _ right: String) -> Bool {
        withBytes(of: left) { left in
            withBytes(of: right) { right in
                for index in 0..<min(left.count, right.count) where left[index] != right[index] {
                    return left[index] < right[index]
                }
                return left.count < right.count
            }
        }
    }

    private static func same(_ left: String, _ right: String, _ count: Int) -> Bool {
        withBytes(of: left) { left in withBytes(of: right) { right in left.prefix(count).elementsEqual(right) } }
    }

    /// Calls `body` with the bytes of a text.
    @inline(__always)
    package static func withBytes<Result>(of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = text.utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(text.utf8).withUnsafeBufferPointer(body)
    }

    /// Whether both byte sequences are equal, in a time that depends on their lengths only.
    package static func equalInConstantTime(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (one, other) in zip(left, right) { difference |= one ^ other }
        return difference == 0
    }

    /// Whether both texts are the same bytes, in a time that depends on their lengths only.
    package static func equalInConstantTime(_ left: String, _ right: String) -> Bool {
        withBytes(of: left) { left in
            withBytes(of: right) { right in
                guard left.count == right.count else { return false }
                var difference: UInt8 = 0
                for index in left.indices { difference |= left[index] ^ right[index] }
                return difference == 0
            }
        }
    }

    /// ASCII lower case; other bytes stay as they are, unlike with `String.lowercased()`.
    package static func lowercasedASCII(_ text: some StringProtocol) -> String {
        lowercasedASCII(String(text))
    }

    /// ASCII lower case; a text without capitals is given back as it is.
    package static func lowercasedASCII(_ text: String) -> String {
        guard withBytes(of: text, { bytes in bytes.contains(where: isCapital) }) else { return text }
        return withBytes(of: text) { bytes in
            String(unsafeUninitializedCapacity: bytes.count) { lowered in
                for index in bytes.indices { lowered[index] = lowercased(bytes[index]) }
                return bytes.count
            }
        }
    }

    /// Whether both texts are the same but for the case of ASCII letters.
    package static func equalIgnoringCase(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        return withBytes(of: left) { left in
            withBytes(of: right) { right in
                for index in left.indices where lowercased(left[index]) != lowercased(right[index]) { return false }
                return true
            }
        }
    }

    private static func isCapital(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }

    private static func lowercased(_ byte: UInt8) -> UInt8 { isCapital(byte) ? byte | 0x20 : byte }

    /// `text` without the blanks, tabs, carriage returns and line feeds at its ends.
    package static func trimmed(_ text: some StringProtocol) -> String {
        trimmed(String(text))
    }

    /// `text` without the blanks, tabs, carriage returns and line feeds at its ends; itself when it has none.
    package static func trimmed(_ text: String) -> String {
        guard let first = text.utf8.first, let last = text.utf8.last, isBlank(first) || isBlank(last) else {
            return text
        }
        let bytes = Array(text.utf8)
        guard let first = bytes.firstIndex(where: { !isBlank($0) }),
            let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }

    /// `bytes` without the blanks, tabs, carriage returns and line feeds at their ends.
    package static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var (start, end) = (bytes.startIndex, bytes.endIndex)
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return bytes[start..<end]
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
    }
}
