/// Bytes as a name in dictionaries and sets, hashed at once; an array of bytes hashes one after another.
package struct ByteName: Hashable, Sendable {
    /// The bytes.
    package let bytes: [UInt8]

    /// A name of these bytes.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// A name of the UTF-8 of a text.
    package init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// Hashes the bytes at once.
    package func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}
