/// A digest that is computed over a stream of bytes, which may be cut anywhere.
///
/// A copy goes on alone from where the original stood; neither costs an allocation.
package protocol HashFunction: Sendable {
    /// How many bytes one step of the function takes.
    static var blockByteCount: Int { get }
    /// How many bytes the digest has.
    static var byteCount: Int { get }

    /// The digest of no bytes yet.
    init()
    /// Takes the next bytes.
    mutating func update(bufferPointer bytes: UnsafeRawBufferPointer)
    /// The digest of all bytes so far; the stream may go on after it.
    func finalize() -> Digest
}

extension HashFunction {
    /// Takes the next bytes.
    package mutating func update(data: some Sequence<UInt8>) {
        let isDone: Void? = data.withContiguousStorageIfAvailable { update(bufferPointer: UnsafeRawBufferPointer($0)) }
        guard isDone == nil else { return }
        Array(data).withUnsafeBytes { update(bufferPointer: $0) }
    }

    /// The digest of `data` alone.
    package static func hash(data: some Sequence<UInt8>) -> Digest {
        var function = Self()
        function.update(data: data)
        return function.finalize()
    }
}
