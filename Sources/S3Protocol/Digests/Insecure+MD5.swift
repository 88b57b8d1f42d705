import CLibCrypto

extension Insecure {
    /// MD5 (RFC 1321), which S3 makes its ETags with: never for what an attacker must not forge, computed by OpenSSL.
    package struct MD5: HashFunction {
        /// 64.
        package static let blockByteCount = 64
        /// 16.
        package static let byteCount = 16

        private var state = MD5_CTX()

        /// The digest of no bytes yet.
        package init() { clibcrypto_md5_start(&state) }

        /// Takes the next bytes.
        package mutating func update(bufferPointer bytes: UnsafeRawBufferPointer) {
            clibcrypto_md5_update(&state, bytes.baseAddress, bytes.count)
        }

        /// The digest of all bytes so far; the stream may go on after it.
        package func finalize() -> Digest {
            var last = state
            return Digest(length: Self.byteCount) { clibcrypto_md5_finish(&last, $0) }
        }
    }
}
