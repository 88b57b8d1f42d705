/// Takes the block hashes off one part file or inline value and verifies each, without IO.
///
/// The framing is `{ 32-byte HighwayHash-256, block }` repeated, blocks of one size and the last shorter. Feed the
/// stored bytes as they come, in pieces of any size; the answer says where in each piece the content lies, so content is
/// never copied here. A block's hash stands before the block but can be checked only at its end: content is handed out
/// before it is proved, so the caller **must not publish anything before `finish` has returned**. After an error the
/// frame stays in error.
package struct BitrotFrame: Sendable {
    private enum State {
        case hash
        case block(remaining: Int64)
        case end
        case failed(ForeignDriveError)
    }

    /// The largest block that is believed; MinIO has used 1 and 10 MiB.
    package static let largestBlock: Int64 = 1 << 30

    /// How many bytes of content are expected.
    package let size: Int64
    private let blockSize: Int64
    private var state: State
    private var expected: [UInt8] = []
    private var hasher = HighwayHasher()
    private var consumed: Int64 = 0

    /// A frame around `size` bytes of content in blocks of `blockSize`.
    ///
    /// - Throws: `inconsistent` when these numbers cannot be of a drive.
    package init(size: Int64, blockSize: Int64) throws(ForeignDriveError) {
        guard Self.framedLength(of: size, blockSize: blockSize) != nil else {
            throw .inconsistent("\(size) bytes in blocks of \(blockSize) cannot be")
        }
        self.size = size
        self.blockSize = blockSize
        state = size == 0 ? .end : .hash
        expected.reserveCapacity(HighwayHasher.digestLength)
    }

    /// How many bytes `size` bytes of content take with their hashes, exactly; nil when that cannot be.
    package static func framedLength(of size: Int64, blockSize: Int64) -> Int64? {
        guard size >= 0, (1...largestBlock).contains(blockSize) else { return nil }
        let blocks = size / blockSize + (size % blockSize == 0 ? 0 : 1)
        let (hashes, overflows) = blocks.multipliedReportingOverflow(by: Int64(HighwayHasher.digestLength))
        let (sum, overflowsToo) = size.addingReportingOverflow(hashes)
        return overflows || overflowsToo ? nil : sum
    }

    /// Takes the next stored bytes and answers where in them the content lies.
    ///
    /// - Throws: `checksumMismatch` at the end of a block that does not match its hash, `wrongLength` when bytes follow
    ///   the last block.
    package mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(ForeignDriveError) -> [Range<Int>] {
        if case .failed(let error) = state { throw error }
        do {
            return try consume(bytes)
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// Says that the stored bytes are over.
    ///
    /// - Throws: `truncated` when content is missing.
    package mutating func finish() throws(ForeignDriveError) {
        switch state {
        case .end: return
        case .failed(let error): throw error
        case .hash, .block:
            let error = ForeignDriveError.truncated("data with \(consumed) of \(size) bytes")
            state = .failed(error)
            throw error
        }
    }
}

extension BitrotFrame {
    private mutating func consume(_ bytes: UnsafeRawBufferPointer) throws(ForeignDriveError) -> [Range<Int>] {
        var content: [Range<Int>] = []
        var offset = 0
        while offset < bytes.count {
            let available = bytes.count - offset
            switch state {
            case .hash:
                let taken = min(available, HighwayHasher.digestLength - expected.count)
                expected.append(contentsOf: bytes[offset..<offset + taken])
                offset += taken
                beginBlockIfReady()
            case .block(let remaining):
                let range = offset..<offset + Int(min(Int64(available), remaining))
                hasher.update(UnsafeRawBufferPointer(rebasing: bytes[range]))
                content.append(range)
                offset = range.upperBound
                try advance(Int64(range.count), of: remaining)
            case .end: throw ForeignDriveError(.wrongLength, "\(available) bytes or more follow the last block")
            case .failed(let error): throw error
            }
        }
        return content
    }

    private mutating func beginBlockIfReady() {
        guard expected.count == HighwayHasher.digestLength else { return }
        hasher = HighwayHasher()
        state = .block(remaining: min(blockSize, size - consumed))
    }

    private mutating func advance(_ count: Int64, of remaining: Int64) throws(ForeignDriveError) {
        consumed += count
        guard count == remaining else {
            state = .block(remaining: remaining - count)
            return
        }
        guard hasher.finalize() == expected else {
            throw .damagedBlock(at: (consumed - 1) / blockSize * blockSize)
        }
        expected.removeAll(keepingCapacity: true)
        state = consumed == size ? .end : .hash
    }
}

extension BitrotFrame {
    /// The content of framed bytes that are in memory as a whole.
    ///
    /// - Throws: as `feed` and `finish`.
    package static func content(
        of framed: ArraySlice<UInt8>,
        size: Int64,
        blockSize: Int64
    ) throws(ForeignDriveError) -> [UInt8] {
        var frame = try BitrotFrame(size: size, blockSize: blockSize)
        let fed = framed.withUnsafeBytes { buffer in
            Result { () throws(ForeignDriveError) -> [Range<Int>] in try frame.feed(buffer) }
        }
        let ranges = try fed.get()
        try frame.finish()
        var content: [UInt8] = []
        content.reserveCapacity(framed.count)
        for range in ranges { content += framed.dropFirst(range.lowerBound).prefix(range.count) }
        return content
    }
}
