/// What a hash function has made of some bytes: up to 64 bytes, kept without an allocation.
package struct Digest: Sendable, RandomAccessCollection {
    /// Room for the longest digest.
    typealias Storage = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

    private var storage: Storage = (0, 0, 0, 0, 0, 0, 0, 0)
    private let length: Int

    /// A digest of `length` bytes, which `write` puts at the address it is given.
    init(length: Int, _ write: (UnsafeMutableRawPointer) -> Void) {
        precondition(length <= MemoryLayout<Storage>.size, "no digest is longer than 64 bytes")
        self.length = length
        withUnsafeMutableBytes(of: &storage) { buffer in
            guard let base = buffer.baseAddress else { return }
            write(base)
        }
    }

    /// The first byte's index.
    package var startIndex: Int { 0 }
    /// The index behind the last byte.
    package var endIndex: Int { length }

    /// The byte at `index`.
    package subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < length, "a digest has bytes from 0 up to its length")
        return withUnsafeBytes { $0[index] }
    }

    /// Shows the bytes to `body`.
    package func withUnsafeBytes<Value>(_ body: (UnsafeRawBufferPointer) throws -> Value) rethrows -> Value {
        try Swift.withUnsafeBytes(of: storage) { try body(UnsafeRawBufferPointer(rebasing: $0.prefix(length))) }
    }

    /// Shows the bytes to `body`.
    package func withContiguousStorageIfAvailable<Value>(
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Value
    ) rethrows -> Value? {
        try withUnsafeBytes { try body($0.assumingMemoryBound(to: UInt8.self)) }
    }
}
