import S3Protocol

/// What stands behind the content of a `BlockFile`: a document, and which blocks of the content are there; pure.
///
/// The content begins the file, with holes where blocks are missing, so that it can be sent as that of any other file. The footer
/// begins at the next multiple of 4096:
///
///     "LARDBLK1"  size:8  block length:4  document length:4  CRC-32C of all but these four bytes to the document's end:4  0:4
///     document  a byte for each block, 1 when it is there  place of the footer:8
///
/// Numbers are little-endian. What is behind the document changes in place, a byte at a time.
struct BlockFileFooter: Equatable, Sendable {
    /// The longest footer that is read.
    static let longest: Int64 = 1 << 20
    /// The length of the number at the file's end.
    static let tailLength = 8

    private static let magic = Array("LARDBLK1".utf8)
    private static let fixedLength = 32
    private static let alignment: Int64 = 4096

    var size: Int64
    var blockLength: Int64
    var document: [UInt8]
    var present: [Bool]

    /// The footer of content of which nothing is there yet.
    init(size: Int64, blockLength: Int64, document: [UInt8]) {
        self.size = size
        self.blockLength = blockLength
        self.document = document
        present = Array(repeating: false, count: Self.blockCount(size, blockLength))
    }

    /// How many blocks content of this size has.
    static func blockCount(_ size: Int64, _ blockLength: Int64) -> Int {
        Int((size + blockLength - 1) / blockLength)
    }

    /// Where it begins in its file.
    var place: Int64 { (size + Self.alignment - 1) / Self.alignment * Self.alignment }

    /// Where the byte of a block is in the file.
    func place(ofBlock block: Int) -> Int64 { place + Int64(Self.fixedLength + document.count + block) }

    /// Its bytes.
    var bytes: [UInt8] {
        fixed + document + present.map { $0 ? 1 : 0 } + Self.bytes(place, 8)
    }

    private var fixed: [UInt8] {
        let start =
            Self.magic + Self.bytes(size, 8) + Self.bytes(blockLength, 4) + Self.bytes(Int64(document.count), 4)
        return start + Checksummer.checksum(of: start + document, .crc32c).digest + [0, 0, 0, 0]
    }

    /// A number as its low bytes, the lowest first.
    private static func bytes(_ number: Int64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * Int64($0))) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        bytes.reversed().reduce(0) { $0 << 8 | Int64($1) }
    }
}

extension BlockFileFooter {
    /// Where the footer begins of a file of this length that ends in `tail`; nil when it can have none.
    static func place(tail: [UInt8], fileSize: Int64) -> Int64? {
        guard tail.count == tailLength else { return nil }
        let place = number(tail[...])
        guard place >= 0, place % alignment == 0, place < fileSize, fileSize - place <= longest else { return nil }
        return place
    }

    /// Reads what a file has from `place` to its end; nil when it is no footer, or not all of one.
    init?(_ bytes: [UInt8], at place: Int64) {
        guard bytes.count >= Self.fixedLength, bytes.starts(with: Self.magic) else { return nil }
        let (size, blockLength) = (Self.number(bytes[8..<16]), Self.number(bytes[16..<20]))
        let documentLength = Int(Self.number(bytes[20..<24]))
        guard size >= 0, size <= place, blockLength > 0, documentLength <= Self.longest else { return nil }
        let blocks = size / blockLength + (size % blockLength == 0 ? 0 : 1)
        guard blocks <= Self.longest else { return nil }
        let behind = Self.fixedLength + documentLength
        guard bytes.count == behind + Int(blocks) + Self.tailLength else { return nil }
        self.init(size: size, blockLength: blockLength, document: Array(bytes[Self.fixedLength..<behind]))
        guard self.place == place, bytes.starts(with: fixed) else { return nil }
        let flags = bytes[behind..<(behind + Int(blocks))]
        guard flags.allSatisfy({ $0 <= 1 }) else { return nil }
        present = flags.map { $0 == 1 }
    }
}
