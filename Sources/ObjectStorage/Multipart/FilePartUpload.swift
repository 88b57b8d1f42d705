import NIOCore
import S3Protocol

/// A part in flight: a file that has no place yet.
///
/// Small content waits in memory for the commit, so that it costs one hop to the blocking pool in all.
final class FilePartUpload: PartUpload, @unchecked Sendable {
    // Unchecked: one task uses a part at a time (`PartUpload` demands it), and every hop to the pool is awaited.
    private let store: FileStore
    private let upload: MultipartUpload
    private let number: Int
    private var content: IncomingContent
    private var isOver = false

    init(store: FileStore, upload: MultipartUpload, number: Int, digests: ContentDigests) {
        self.store = store
        self.upload = upload
        self.number = number
        content = IncomingContent(store.root, digests)
    }

    var byteCount: Int64 { content.byteCount }

    func write(_ chunk: ByteBuffer) async throws {
        precondition(!isOver, "a part takes no bytes after commit or abort")
        if content.keep(chunk) { return }
        try await store.pool.run { [self] in try content.write(chunk) }
    }

    func commit(demand: ContentDigestDemand) async throws -> StoredPart {
        precondition(!isOver, "a part is committed once")
        isOver = true
        return try await store.commit(number, of: upload) { [self] durability in
            // Given up here, on the pool: closing a large file that has no name takes time.
            defer { content.drop() }
            let (file, result, size) = try content.finish()
            try demand.verify(result)
            let facts = (etag: ETag(md5: result.md5), checksums: result.checksums, size: size)
            return try store.prepare(file, as: number, of: upload, facts, durability)
        }
    }

    func abort() async {
        guard !isOver else { return }
        isOver = true
        try? await store.pool.run { [self] in content.drop() }
    }
}
