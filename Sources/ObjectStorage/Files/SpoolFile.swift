package import NIOCore
package import S3Protocol

/// Content that waits in a file without a name until it is whole: what comes from, or goes to, another server and has to
/// be known as a whole first.
///
/// Used by one task at a time; gone when the last reference goes. It counts against the room that is kept free.
package final class SpoolFile: @unchecked Sendable {
    // Unchecked: one task uses it at a time, and every hop to the pool is awaited before the next call.
    private let pool: BlockingPool
    private var content: IncomingContent

    init(_ root: StorageRoot, _ pool: BlockingPool, _ digests: ContentDigests) {
        self.pool = pool
        content = IncomingContent(root, digests)
    }

    /// How many bytes came.
    package var byteCount: Int64 { content.byteCount }

    /// Appends a chunk; one hop to the blocking pool once there are many.
    ///
    /// - Throws: `InsufficientStorage` when the disk is full.
    package func write(_ chunk: ByteBuffer) async throws {
        if content.keep(chunk) { return }
        try await pool.run { [self] in try content.write(chunk) }
    }

    /// The whole, to be read, and its digests.
    package func finish() async throws -> (file: OpenFile, digests: ContentDigests.Result) {
        try await pool.run { [self] in
            let (file, digests, size) = try content.finish()
            content.drop()
            return (OpenFile(file.descriptor, size: size), digests)
        }
    }
}

extension FileStore {
    /// A place for content that is to be whole before it is used; `digests` says which are computed.
    package func spool(_ digests: ContentDigests) -> SpoolFile {
        SpoolFile(root, pool, digests)
    }
}
