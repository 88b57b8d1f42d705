/// All digests that one upload needs, computed in a single pass over its bytes.
///
/// MD5 is always among them (the ETag), and one checksum; SHA-256 when the signature covers the payload.
package struct ContentDigests: Sendable {
    /// What came out of all bytes.
    package struct Result: Equatable, Sendable {
        /// The MD5: the ETag of an object that was uploaded in one piece.
        package let md5: [UInt8]
        /// The checksum to store with the object.
        package let checksum: Checksum
        /// The second checksum, when one was to be kept beside the client's.
        package var kept: Checksum?
        /// The SHA-256, if it was asked for.
        package let sha256: [UInt8]?
        /// How many bytes there were.
        package let byteCount: Int64

        /// What is stored: the checksum to keep first, then the client's where that is another.
        package var checksums: [Checksum] { [kept, checksum].compactMap(\.self) }

        /// A result of these values.
        package init(md5: [UInt8], checksum: Checksum, sha256: [UInt8]?, byteCount: Int64) {
            self.md5 = md5
            self.checksum = checksum
            self.sha256 = sha256
            self.byteCount = byteCount
        }
    }

    // Small enough that the second and third digest find a block in the cache nearest to the core.
    private static let blockLength = 32 * 1024

    private var md5 = Insecure.MD5()
    private var checksummer: Checksummer?
    private var sha256: Checksummer?
    private var kept: Checksummer?
    private var byteCount: Int64 = 0
    private let wantsSHA256: Bool

    /// Digests of no bytes yet: MD5, the checksum of `algorithm` and, `withSHA256`, SHA-256.
    package init(_ algorithm: ChecksumAlgorithm = .standard, withSHA256: Bool = false) {
        // An MD5 checksum is the same digest as the ETag, a SHA-256 checksum that of the payload: computed once.
        checksummer = algorithm != .md5 ? Checksummer(algorithm) : nil
        wantsSHA256 = withSHA256
        sha256 = withSHA256 && algorithm != .sha256 ? Checksummer(.sha256) : nil
    }

    /// Digests of what `demand` has to be compared with, and a checksum to keep where the client's is another.
    package init(for demand: ContentDigestDemand, keeping algorithm: ChecksumAlgorithm? = nil) {
        self.init(
            demand.statedAlgorithm ?? algorithm ?? .standard,
            withSHA256: demand.payloadSHA256 != nil
        )
        if let algorithm, let stated = demand.statedAlgorithm, stated != algorithm { kept = Checksummer(algorithm) }
    }

    /// Takes the next bytes; chunks may have any length.
    ///
    /// Costs about 1.7 ms of CPU for a MiB, nearly all of it MD5, and 0.7 ms more with SHA-256, or several times that
    /// on processors without instructions for it: not for an event loop.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let block = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.blockLength))
            md5.update(bufferPointer: block)
            checksummer?.update(block)
            sha256?.update(block)
            kept?.update(block)
            rest = rest.dropFirst(block.count)
        }
        byteCount += Int64(bytes.count)
    }

    /// The digests of all bytes so far.
    package func finalize() -> Result {
        let md5 = self.md5.finalize().withUnsafeBytes { Array($0) }
        let checksum = checksummer?.finalize() ?? Checksum(algorithm: .md5, digest: md5)
        var result = Result(
            md5: md5,
            checksum: checksum,
            sha256: wantsSHA256 ? (sha256?.finalize() ?? checksum).digest : nil,
            byteCount: byteCount
        )
        result.kept = kept?.finalize()
        return result
    }
}
