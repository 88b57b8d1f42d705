/// A keyed digest (RFC 2104) over a stream of bytes, which may be cut anywhere.
///
/// A copy goes on alone from where the original stood: one that was begun with a key saves half the work of short texts.
package struct HMAC<Function: HashFunction>: Sendable {
    private var inner = Function()
    private var outer = Function()

    /// The code of no bytes yet.
    package init(key: SymmetricKey) {
        let bytes = key.bytes.count > Function.blockByteCount ? Array(Function.hash(data: key.bytes)) : key.bytes
        let block = bytes + [UInt8](repeating: 0, count: Function.blockByteCount - bytes.count)
        inner.update(data: block.map { $0 ^ 0x36 })
        outer.update(data: block.map { $0 ^ 0x5C })
    }

    /// Takes the next bytes.
    package mutating func update(data: some Sequence<UInt8>) {
        inner.update(data: data)
    }

    /// The code of all bytes so far; the stream may go on after it.
    package func finalize() -> Digest {
        var last = outer
        inner.finalize().withUnsafeBytes { last.update(bufferPointer: $0) }
        return last.finalize()
    }

    /// The code of `data` alone.
    package static func authenticationCode(for data: some Sequence<UInt8>, using key: SymmetricKey) -> Digest {
        var code = HMAC(key: key)
        code.update(data: data)
        return code.finalize()
    }
}
