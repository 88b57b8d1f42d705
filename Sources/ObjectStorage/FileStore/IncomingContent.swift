import NIOCore
import S3Protocol

/// The content of an upload on its way into a file that has no place yet.
///
/// Small content waits in memory. Used by one task at a time; what touches the file blocks.
struct IncomingContent {
    private static let longestPending = 64 * 1024

    private let root: StorageRoot
    private var digests: ContentDigests
    private var pending = ByteBuffer()
    private var file: IncomingFile?
    private var written: Int64 = 0

    init(_ root: StorageRoot, _ digests: ContentDigests) {
        self.root = root
        self.digests = digests
    }

    /// How many bytes came.
    var byteCount: Int64 { written + Int64(pending.readableBytes) }

    /// All of the content as long as it waits in memory, nil when some of it was written.
    var waiting: ByteBuffer? { file == nil ? pending : nil }

    /// Keeps a chunk in memory; false when it has to be written.
    mutating func keep(_ chunk: ByteBuffer) -> Bool {
        guard file == nil, pending.readableBytes + chunk.readableBytes <= Self.longestPending else { return false }
        if pending.readableBytes == 0 { pending = chunk } else { pending.writeImmutableBuffer(chunk) }
        return true
    }

    /// Writes what waits and then a chunk.
    mutating func write(_ chunk: ByteBuffer) throws {
        try writePending()
        try writeOut(chunk)
    }

    /// Writes what waits and gives the whole: the file, its digests and its length.
    mutating func finish() throws -> (file: IncomingFile, digests: ContentDigests.Result, size: Int64) {
        try writePending()
        try root.reserve.take(0, in: root.directory)
        return (try openFile(), digests.finalize(), written)
    }

    /// Gives the file up; closing one that has no name frees its blocks, which takes time.
    mutating func drop() {
        pending = ByteBuffer()
        file = nil
    }

    private mutating func writePending() throws {
        guard pending.readableBytes > 0 else { return }
        let bytes = pending
        pending = ByteBuffer()
        try writeOut(bytes)
    }

    private mutating func writeOut(_ chunk: ByteBuffer) throws {
        try root.reserve.take(chunk.readableBytes, in: root.directory)
        let file = try openFile()
        try chunk.withUnsafeReadableBytes { bytes in
            digests.update(bytes)
            try file.descriptor.write(bytes, at: written)
            written += Int64(bytes.count)
        }
    }

    private mutating func openFile() throws -> IncomingFile {
        if let file { return file }
        let made = try IncomingFile(in: root)
        file = made
        return made
    }
}
