import Glibc
import NIOCore
import S3Protocol

/// An upload into a file that has no place yet.
///
/// Small content waits in memory for the commit, so that it costs one hop to the blocking pool in all.
final class FileUpload: ObjectUpload, @unchecked Sendable {
    // Unchecked: one task uses an upload at a time (`ObjectUpload` demands it), and every hop to the pool is awaited
    // before the next call, so that no two threads meet here.
    private static let longestPending = 64 * 1024

    private let store: FileStore
    private let target: ObjectFiles.Target
    private var digests: ContentDigests
    private var pending = ByteBuffer()
    private var file: IncomingFile?
    private var written: Int64 = 0
    private var isOver = false

    init(store: FileStore, target: ObjectFiles.Target, digests: ContentDigests) {
        self.store = store
        self.target = target
        self.digests = digests
    }

    var byteCount: Int64 { written + Int64(pending.readableBytes) }

    func write(_ chunk: ByteBuffer) async throws {
        precondition(!isOver, "an upload takes no bytes after commit or abort")
        if file == nil, pending.readableBytes + chunk.readableBytes <= Self.longestPending {
            pending.writeImmutableBuffer(chunk)
            return
        }
        try await store.pool.run { [self] in
            try writePending()
            try writeOut(chunk)
        }
    }

    func commit(
        _ attributes: ObjectAttributes,
        demand: ContentDigestDemand,
        precondition: WritePrecondition
    ) async throws -> ObjectRecord {
        Swift.precondition(!isOver, "an upload is committed once")
        isOver = true
        return try await store.change(target) { [self] intent in
            try prepare(attributes, demand, intent)
        } apply: { [store, target] prepared in
            try store.publish(prepared, as: target, if: precondition)
        }
    }

    func abort() async {
        guard !isOver else { return }
        isOver = true
        pending = ByteBuffer()
        // Closing frees the blocks of what was written, which takes time.
        try? await store.pool.run { [self] in file = nil }
    }

    private func writePending() throws {
        guard pending.readableBytes > 0 else { return }
        let bytes = pending
        pending = ByteBuffer()
        try writeOut(bytes)
    }

    private func writeOut(_ chunk: ByteBuffer) throws {
        try store.root.reserve.take(chunk.readableBytes, in: store.root.directory)
        let file = try openFile()
        try chunk.withUnsafeReadableBytes { bytes in
            digests.update(bytes)
            try file.descriptor.write(bytes, at: written)
            written += Int64(bytes.count)
        }
    }

    private func openFile() throws -> IncomingFile {
        if let file { return file }
        let made = try IncomingFile(in: store.root)
        file = made
        return made
    }

    /// Everything that can be made durable before the object has a place.
    private func prepare(
        _ attributes: ObjectAttributes,
        _ demand: ContentDigestDemand,
        _ intent: PendingIntent
    ) throws -> PreparedObject {
        // Given up here, on the pool: closing a large file that has no name takes time.
        defer { file = nil }
        try writePending()
        try store.root.reserve.take(0, in: store.root.directory)
        let file = try openFile()
        let result = digests.finalize()
        try demand.verify(result)
        let now = store.clock()
        try file.descriptor.setModified(nanoseconds: now.nanoseconds)
        let record = ObjectRecord(
            key: target.key,
            bucketID: target.bucketID,
            sequence: store.sequences.next(now),
            version: .null,
            size: written,
            // The file system may keep time less finely than the clock.
            modified: Timestamp(nanoseconds: try file.descriptor.facts().modified),
            etag: ETag(md5: result.md5),
            checksums: [result.checksum],
            attributes: attributes
        )
        return try PreparedObject(file, record, store.files, target.durability, intent)
    }
}
