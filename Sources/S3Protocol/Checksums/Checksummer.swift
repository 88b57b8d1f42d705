import CHash

/// Computes one checksum over a stream of bytes.
///
/// A copy goes on alone from where the original stood.
package struct Checksummer: Sendable {
    /// What is computed.
    package let algorithm: ChecksumAlgorithm

    // One of these is in use. Optionals and not an enum with payloads: those are copied out to be changed, and a
    // digest that is not uniquely referenced is cloned by every update.
    private var crc: UInt64 = 0
    private var md5: Insecure.MD5?
    private var sha1: Insecure.SHA1?
    private var sha256: SHA256?
    private var sha512: SHA512?
    private var xxHash: XXHash?

    /// A checksum of no bytes yet.
    package init(_ algorithm: ChecksumAlgorithm) {
        self.algorithm = algorithm
        switch algorithm {
        case .crc32, .crc32c, .crc64nvme: break
        case .md5: md5 = Insecure.MD5()
        case .sha1: sha1 = Insecure.SHA1()
        case .sha256: sha256 = SHA256()
        case .sha512: sha512 = SHA512()
        case .xxhash128: xxHash = XXHash(.xxh3Wide)
        case .xxhash3: xxHash = XXHash(.xxh3)
        case .xxhash64: xxHash = XXHash(.xxh64)
        }
    }

    /// Takes the next bytes; a stream may be cut anywhere.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        switch algorithm {
        case .crc32:
            crc = UInt64(chash_crc32_update(UInt32(truncatingIfNeeded: crc), bytes.baseAddress, bytes.count))
        case .crc32c:
            crc = UInt64(chash_crc32c_update(UInt32(truncatingIfNeeded: crc), bytes.baseAddress, bytes.count))
        case .crc64nvme:
            crc = chash_crc64nvme_update(crc, bytes.baseAddress, bytes.count)
        case .md5:
            md5?.update(bufferPointer: bytes)
        case .sha1:
            sha1?.update(bufferPointer: bytes)
        case .sha256:
            sha256?.update(bufferPointer: bytes)
        case .sha512:
            sha512?.update(bufferPointer: bytes)
        case .xxhash128, .xxhash3, .xxhash64:
            xxHash?.update(bytes)
        }
    }

    /// The checksum of all bytes so far; the stream may go on after it.
    package func finalize() -> Checksum {
        Checksum(algorithm: algorithm, digest: digest)
    }

    /// The checksum of `bytes` alone.
    package static func checksum(of bytes: [UInt8], _ algorithm: ChecksumAlgorithm) -> Checksum {
        var checksummer = Checksummer(algorithm)
        bytes.withUnsafeBytes { checksummer.update($0) }
        return checksummer.finalize()
    }

    private var digest: [UInt8] {
        // By their bytes: as sequences digests are read one by one.
        if let md5 { return md5.finalize().withUnsafeBytes { Array($0) } }
        if let sha1 { return sha1.finalize().withUnsafeBytes { Array($0) } }
        if let sha256 { return sha256.finalize().withUnsafeBytes { Array($0) } }
        if let sha512 { return sha512.finalize().withUnsafeBytes { Array($0) } }
        if let xxHash { return xxHash.finalize() }
        return withUnsafeBytes(of: crc.bigEndian) { Array($0.suffix(algorithm.digestLength)) }
    }
}
