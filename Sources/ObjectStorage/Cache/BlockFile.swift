package import NIOCore

/// A file of which parts are there: content in blocks, with holes, and what is known of it behind it.
///
/// What is said to be there was written before that was said, so a process that is killed leaves no block that is said to
/// be there and is not. Nothing is synced: see `BlockCache` for power cuts. What writes blocks a thread.
package final class BlockFile: Sendable {
    /// The content; where a block is missing it has zeros.
    package let content: OpenFile
    /// The document that it was made with.
    package let document: [UInt8]
    /// The length of a block; the last one is shorter.
    package let blockLength: Int64
    /// Which blocks were there when it was opened.
    package let present: [Bool]

    private let descriptor: FileDescriptor
    private let footer: BlockFileFooter

    init(_ descriptor: FileDescriptor, _ footer: BlockFileFooter) {
        self.descriptor = descriptor
        self.footer = footer
        content = OpenFile(descriptor, size: footer.size)
        (document, blockLength) = (footer.document, footer.blockLength)
        present = footer.present
    }

    /// Writes a footer behind content that is to come.
    static func make(_ descriptor: FileDescriptor, _ footer: BlockFileFooter) throws -> BlockFile {
        try footer.bytes.withUnsafeBytes { try descriptor.write($0, at: footer.place) }
        return BlockFile(descriptor, footer)
    }

    /// Reads the footer of an open file; nil when it has none.
    static func read(_ descriptor: FileDescriptor) throws -> BlockFile? {
        let facts = try descriptor.facts()
        let tailPlace = facts.size - Int64(BlockFileFooter.tailLength)
        guard facts.kind == .file, tailPlace >= 0 else { return nil }
        let tail = try bytes(of: descriptor, tailPlace..<facts.size)
        guard let place = BlockFileFooter.place(tail: tail, fileSize: facts.size) else { return nil }
        let footer = BlockFileFooter(try bytes(of: descriptor, place..<facts.size), at: place)
        return footer.map { BlockFile(descriptor, $0) }
    }

    private static func bytes(of descriptor: FileDescriptor, _ range: Range<Int64>) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            count = try descriptor.read(into: UnsafeMutableRawBufferPointer(buffer), at: range.lowerBound)
        }
    }

    /// Writes a piece of the content.
    ///
    /// - Throws: `StorageError` when the disk is full or fails.
    package func write(_ piece: ByteBuffer, at offset: Int64) throws {
        precondition(offset + Int64(piece.readableBytes) <= content.size, "content ends where it was said to")
        try piece.withUnsafeReadableBytes { try descriptor.write($0, at: offset) }
    }

    /// Says for the next run that all of a block was written.
    package func notePresent(_ block: Int) throws {
        try [UInt8(1)].withUnsafeBytes { try descriptor.write($0, at: footer.place(ofBlock: block)) }
    }
}
