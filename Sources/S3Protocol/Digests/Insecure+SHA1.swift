import CLibCrypto

extension Insecure {
    /// SHA-1 (FIPS 180-4), which version 2 of the signatures and one checksum use: never for what is new, computed by OpenSSL.
    package struct SHA1: HashFunction {
        /// 64.
        package static let blockByteCount = 64
        /// 20.
        package static let byteCount = 20

        private var state = SHA_CTX()

        /// The digest of no bytes yet.
        package init() { clibcrypto_sha1_start(&state) }

        /// Takes the next bytes.
        package mutating func update(bufferPointer bytes: UnsafeRawBufferPointer) {
            clibcrypto_sha1_update(&state, bytes.baseAddress, bytes.count)
        }

        /// The digest of all bytes so far; the stream may go on after it.
        package func finalize() -> Digest {
            var last = state
            return Digest(length: Self.byteCount) { clibcrypto_sha1_finish(&last, $0) }
        }
    }
}
