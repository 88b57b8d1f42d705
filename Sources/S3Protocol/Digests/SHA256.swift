import CLibCrypto

/// SHA-256 (FIPS 180-4), computed by OpenSSL.
package struct SHA256: HashFunction {
    /// 64.
    package static let blockByteCount = 64
    /// 32.
    package static let byteCount = 32

    private var state = SHA256_CTX()

    /// The digest of no bytes yet.
    package init() { clibcrypto_sha256_start(&state) }

    /// Takes the next bytes.
    package mutating func update(bufferPointer bytes: UnsafeRawBufferPointer) {
        clibcrypto_sha256_update(&state, bytes.baseAddress, bytes.count)
    }

    /// The digest of all bytes so far; the stream may go on after it.
    package func finalize() -> Digest {
        var last = state
        return Digest(length: Self.byteCount) { clibcrypto_sha256_finish(&last, $0) }
    }
}
