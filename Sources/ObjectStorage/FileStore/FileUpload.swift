import NIOCore
import S3Protocol

/// An upload into a file that has no place yet.
///
/// Small content waits in memory for the commit, so that it costs one hop to the blocking pool in all.
final class FileUpload: ObjectUpload, @unchecked Sendable {
    // Unchecked: one task uses an upload at a time (`ObjectUpload` demands it), and every hop to the pool is awaited
    // before the next call, so that no two threads meet here.
    private let store: FileStore
    private let target: ObjectFiles.Target
    private var content: IncomingContent
    private var made: (file: IncomingFile, record: ObjectRecord)?
    private var isOver = false

    init(store: FileStore, target: ObjectFiles.Target, digests: ContentDigests) {
        self.store = store
        self.target = target
        content = IncomingContent(store.root, digests)
    }

    var byteCount: Int64 { content.byteCount }

    func write(_ chunk: ByteBuffer) async throws {
        precondition(!isOver, "an upload takes no bytes after commit or abort")
        if content.keep(chunk) { return }
        try await store.pool.run { [self] in try content.write(chunk) }
    }

    func commit(
        _ attributes: ObjectAttributes,
        demand: ContentDigestDemand,
        precondition: WritePrecondition
    ) async throws -> ObjectRecord {
        Swift.precondition(!isOver, "an upload is committed once")
        isOver = true
        return try await store.change(target, shortcut: shortcut(attributes, demand, precondition)) { [self] intent in
            try prepare(attributes, demand, intent)
        } apply: { [store, target] prepared in
            try store.publish(prepared, as: target, if: precondition)
        }
    }

    func abort() async {
        guard !isOver else { return }
        isOver = true
        // Closing frees the blocks of what was written, which takes time.
        try? await store.pool.run { [self] in content.drop() }
    }

    /// Everything that can be made durable before the object has a place.
    private func prepare(
        _ attributes: ObjectAttributes,
        _ demand: ContentDigestDemand,
        _ intent: PendingIntent
    ) throws -> PreparedObject {
        // Given up here, on the pool: closing a large file that has no name takes time.
        defer { drop() }
        let (file, record) = try make(attributes, demand)
        return try PreparedObject(file, record, store.files, target.durability, intent)
    }

    /// The way of small new objects, nil when it cannot be theirs.
    private func shortcut(
        _ attributes: ObjectAttributes,
        _ demand: ContentDigestDemand,
        _ precondition: WritePrecondition
    ) -> FileStore.Shortcut<ObjectRecord>? {
        guard let bytes = content.waiting, store.canBeLogged(target, size: byteCount) else { return nil }
        return { [self] finish in
            do {
                return try store.publishLogged(target, if: precondition) {
                    try logged(bytes, attributes, demand)
                } _: { [self] result in
                    // Not on the connection's event loop; only the usual way needs the file still.
                    if case .success(nil) = result {} else { drop() }
                    finish(result)
                }
            } catch {
                drop()
                throw error
            }
        }
    }

    /// The object with its line; nil when its record does not fit the file's attribute.
    private func logged(
        _ bytes: ByteBuffer,
        _ attributes: ObjectAttributes,
        _ demand: ContentDigestDemand
    ) throws -> FileStore.LoggedWrite? {
        let (file, record) = try make(attributes, demand)
        guard let attribute = try store.files.records.writeWhole(record, to: file.descriptor) else { return nil }
        let line = bytes.withUnsafeReadableBytes {
            LoggedObject.text(target.line, attribute: attribute, content: $0)
        }
        return FileStore.LoggedWrite(file: file, record: record, line: line)
    }

    private func drop() {
        made = nil
        content.drop()
    }

    /// The file with its content and time, and its record, which is not written yet.
    private func make(
        _ attributes: ObjectAttributes,
        _ demand: ContentDigestDemand
    ) throws -> (file: IncomingFile, record: ObjectRecord) {
        if let made { return made }
        let (file, result, size) = try content.finish()
        try demand.verify(result)
        let now = store.clock()
        let modified = try store.root.keptTime(now.nanoseconds, setOn: file.descriptor)
        let sequence = store.sequences.next(now)
        let record = ObjectRecord(
            key: target.key,
            bucketID: target.bucketID,
            sequence: sequence,
            version: store.newVersion(of: target, sequence),
            size: size,
            modified: Timestamp(nanoseconds: modified),
            etag: ETag(md5: result.md5),
            checksums: [result.checksum],
            attributes: attributes
        )
        made = (file, record)
        return (file, record)
    }
}
