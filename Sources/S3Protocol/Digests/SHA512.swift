import CLibCrypto

/// SHA-512 (FIPS 180-4), computed by OpenSSL.
package struct SHA512: HashFunction {
    /// 128.
    package static let blockByteCount = 128
    /// 64.
    package static let byteCount = 64

    private var state = SHA512_CTX()

    /// The digest of no bytes yet.
    package init() { clibcrypto_sha512_start(&state) }

    /// Takes the next bytes.
    package mutating func update(bufferPointer bytes: UnsafeRawBufferPointer) {
        clibcrypto_sha512_update(&state, bytes.baseAddress, bytes.count)
    }

    /// The digest of all bytes so far; the stream may go on after it.
    package func finalize() -> Digest {
        var last = state
        return Digest(length: Self.byteCount) { clibcrypto_sha512_finish(&last, $0) }
    }
}
