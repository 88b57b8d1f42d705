import S3Protocol

/// Computes what proves the content of an imported version: digests of the whole, and of each part of a known size.
struct ImportDigests {
    /// What came out of all bytes.
    struct Result {
        /// How many bytes there were.
        let byteCount: Int64
        /// Of the whole, by what computed them.
        let whole: [ChecksumAlgorithm: Checksum]
        /// Of each part that is complete, in order.
        let parts: [[ChecksumAlgorithm: Checksum]]
    }

    private var whole: [Checksummer]
    private let partAlgorithms: [ChecksumAlgorithm]
    private let sizes: [Int64]
    private var part: [Checksummer]
    private var partLength: Int64 = 0
    private var parts: [[ChecksumAlgorithm: Checksum]] = []
    private var byteCount: Int64 = 0

    /// Digests of the whole by some algorithms, and of parts of these sizes by others.
    init(whole: Set<ChecksumAlgorithm>, parts: Set<ChecksumAlgorithm>, sizes: [Int64]) {
        self.whole = whole.map { Checksummer($0) }
        partAlgorithms = Array(parts)
        self.sizes = parts.isEmpty ? [] : sizes
        part = parts.map { Checksummer($0) }
    }

    /// Takes the next bytes; they may be cut anywhere.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount += Int64(bytes.count)
        for index in whole.indices { whole[index].update(bytes) }
        var rest = bytes[...]
        while !rest.isEmpty {
            closeParts()
            guard parts.count < sizes.count else { return }
            let piece = rest.prefix(Int(min(Int64(rest.count), sizes[parts.count] - partLength)))
            for index in part.indices { part[index].update(UnsafeRawBufferPointer(rebasing: piece)) }
            partLength += Int64(piece.count)
            rest = rest.dropFirst(piece.count)
        }
    }

    /// The digests of all bytes.
    mutating func finish() -> Result {
        closeParts()
        return Result(byteCount: byteCount, whole: Self.digests(whole), parts: parts)
    }

    /// Ends the part that is full, and the empty ones behind it.
    private mutating func closeParts() {
        while parts.count < sizes.count, partLength >= sizes[parts.count] {
            parts.append(Self.digests(part))
            part = partAlgorithms.map { Checksummer($0) }
            partLength = 0
        }
    }

    private static func digests(_ checksummers: [Checksummer]) -> [ChecksumAlgorithm: Checksum] {
        Dictionary(checksummers.map { ($0.algorithm, $0.finalize()) }) { first, _ in first }
    }
}
