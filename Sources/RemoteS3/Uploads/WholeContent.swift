import NIOCore
package import ObjectStorage
package import S3Protocol

/// Content that lies whole in a file, read in pieces for requests: any range, as often as needed, by several tasks.
package struct WholeContent: Sendable {
    private static let piece: Int64 = 256 << 10

    /// The file.
    package let file: OpenFile
    /// Where it is read.
    package let pool: BlockingPool

    /// The content of a file.
    package init(file: OpenFile, pool: BlockingPool) {
        self.file = file
        self.pool = pool
    }

    /// How many bytes there are.
    package var length: Int64 { file.size }

    /// A range as the body of a request, which can be sent again.
    package func body(_ range: Range<Int64>) -> RemoteBody {
        let (file, pool) = (file, pool)
        var offset = range.lowerBound
        let rewind = { offset = range.lowerBound }
        return RemoteBody(rewind: rewind) {
            let (start, length) = (offset, min(Self.piece, range.upperBound - offset))
            guard length > 0 else { return nil }
            offset += length
            return try await pool.run { try file.read(offset: start, length: Int(length)) }
        }
    }

    /// The digests of a range.
    package func digests(_ range: Range<Int64>, _ algorithm: ChecksumAlgorithm) async throws -> ContentDigests.Result {
        let file = file
        return try await pool.run {
            var digests = ContentDigests(algorithm)
            for start in stride(from: range.lowerBound, to: range.upperBound, by: Int(Self.piece)) {
                let length = min(Self.piece, range.upperBound - start)
                try file.read(offset: start, length: Int(length)).withUnsafeReadableBytes { digests.update($0) }
            }
            return digests.finalize()
        }
    }
}
