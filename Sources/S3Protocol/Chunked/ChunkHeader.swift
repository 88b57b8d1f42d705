/// The line before a chunk: its size in hexadecimal, and its signature where there is one.
struct ChunkHeader: Equatable {
    let size: Int64
    let signature: String?

    /// Reads a line without its line end; extensions other than the signature are ignored.
    ///
    /// - Throws: `IncompleteBody` when the size is not hexadecimal or does not fit.
    init(_ line: [UInt8]) throws(S3Error) {
        let parts = line.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        size = try Self.size(parts[0])
        let prefix = Array("chunk-signature=".utf8)
        signature = parts.dropFirst().first { $0.starts(with: prefix) }
            .map { String(decoding: $0.dropFirst(prefix.count), as: UTF8.self) }
    }

    private static func size(_ digits: ArraySlice<UInt8>) throws(S3Error) -> Int64 {
        guard (1...16).contains(digits.count) else { throw .chunkedBodyTerminated("a chunk without a size") }
        var size: UInt64 = 0
        for digit in digits {
            guard let value = Hex.value(of: digit) else {
                throw .chunkedBodyTerminated("a chunk size that is not hexadecimal")
            }
            size = size << 4 | UInt64(value)
        }
        guard let exact = Int64(exactly: size) else { throw .chunkedBodyTerminated("a chunk size out of range") }
        return exact
    }
}
