extension Checksum {
    /// The checksum of the pieces' bytes one behind the other, without the bytes.
    ///
    /// Nil when there is no piece, the pieces are of several algorithms, or theirs is not a CRC. Costs some hundred
    /// steps for a piece, and some thousand where its length differs from that of the piece before.
    package static func combined(_ pieces: [(checksum: Checksum, byteCount: Int64)]) -> Checksum? {
        guard let algorithm = pieces.first?.checksum.algorithm, let polynomial = algorithm.polynomial,
            pieces.allSatisfy({ $0.checksum.algorithm == algorithm })
        else { return nil }
        var whole: UInt64 = 0
        // Nearly all parts of an upload have one length.
        var (byteCount, weight) = (Int64(0), polynomial.weight(ofBytes: 0))
        for piece in pieces {
            if piece.byteCount != byteCount {
                (byteCount, weight) = (piece.byteCount, polynomial.weight(ofBytes: piece.byteCount))
            }
            whole = polynomial.product(whole, weight) ^ piece.checksum.number
        }
        return Checksum(algorithm: algorithm, number: whole)
    }

    /// A CRC with this value.
    private init(algorithm: ChecksumAlgorithm, number: UInt64) {
        let digest = withUnsafeBytes(of: number.bigEndian) { Array($0.suffix(algorithm.digestLength)) }
        self.init(algorithm: algorithm, digest: digest)
    }

    /// The value of a CRC.
    private var number: UInt64 {
        digest.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
