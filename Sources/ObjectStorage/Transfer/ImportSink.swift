import S3Protocol

/// Where the content of an imported version goes: a file, and the digests that prove it.
///
/// Used on one thread while `ImportedContent.write` runs. All of it blocks.
package final class ImportSink {
    private let root: StorageRoot
    private let file: FileDescriptor
    private var digests: ImportDigests
    private var byteCount: Int64 = 0

    init(_ file: IncomingFile, in root: StorageRoot, _ digests: ImportDigests) {
        self.root = root
        self.file = file.descriptor
        self.digests = digests
    }

    /// Appends bytes.
    ///
    /// - Throws: `StorageError`.
    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        try root.reserve.take(bytes.count, in: root.directory)
        digests.update(bytes)
        try file.write(bytes, at: byteCount)
        byteCount += Int64(bytes.count)
    }

    /// Appends all of a file: a clone where the file system has them, else a copy within the kernel.
    ///
    /// - Throws: `StorageError`, also when the file is changed meanwhile.
    package func append(_ source: SourceFile) throws {
        try root.reserve.take(Int(source.size), in: root.directory)
        let count = try file.append(0..<source.size, of: source.descriptor, at: byteCount)
        guard try count == source.size && source.isUnchanged() else {
            throw StorageError(.busy, "it was changed while it was imported; is its server still running?")
        }
        // Of the copy: what was hashed is what is stored, whatever happens to the source.
        try file.forEachPiece(from: byteCount, upTo: byteCount + count) { digests.update($0) }
        byteCount += count
    }

    /// The digests of all that was written.
    func finish() -> ImportDigests.Result {
        digests.finish()
    }
}
