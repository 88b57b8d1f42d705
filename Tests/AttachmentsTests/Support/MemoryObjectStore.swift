import NIOCore
import ObjectStorage
import S3Protocol
import Synchronization

/// Objects in memory, with failures on demand.
final class MemoryObjectStore: ObjectStore {
    struct Stored {
        var record: ObjectRecord
        var bytes: ByteBuffer
    }

    enum Operation: Hashable {
        case head, open, upload, commit, delete, list
    }

    struct State {
        var buckets: [BucketName: [ObjectKey: Stored]] = [:]
        var failures: [Operation: [any Error]] = [:]
        var aborted = 0
        var sequence: Int64 = 0
    }

    let state: Mutex<State>
    let clock: @Sendable () -> Timestamp

    init(buckets: [BucketName], clock: @escaping @Sendable () -> Timestamp) {
        state = Mutex(State(buckets: Dictionary(uniqueKeysWithValues: buckets.map { ($0, [:]) })))
        self.clock = clock
    }

    /// The next use of an operation fails so; several failures queue up.
    func fail(_ operation: Operation, with error: any Error) {
        state.withLock { $0.failures[operation, default: []].append(error) }
    }

    func fail(_ operation: Operation, with error: S3Error) {
        fail(operation, with: error as any Error)
    }

    func keys(in bucket: BucketName) -> [String] {
        state.withLock { $0.buckets[bucket, default: [:]].keys.sorted().map(\.string) }
    }

    func stored(_ key: String, in bucket: BucketName) -> Stored? {
        state.withLock { $0.buckets[bucket]?[try! ObjectKey(key)] }
    }

    func put(_ key: String, in bucket: BucketName, _ text: String, type: String) async throws {
        let upload = try await beginUpload(of: ObjectKey(key), to: bucket, digests: ContentDigests())
        try await upload.write(ByteBuffer(string: text))
        _ = try await upload.commit(
            ObjectAttributes(headers: ["content-type": type]),
            demand: ContentDigestDemand(),
            precondition: .none
        )
    }

    func head(_ key: ObjectKey, version: VersionID?, in bucket: BucketName) async throws -> ObjectRecord {
        try found(key, in: bucket, .head).record
    }

    func open(_ key: ObjectKey, version: VersionID?, in bucket: BucketName) async throws -> OpenObject {
        let stored = try found(key, in: bucket, .open)
        return OpenObject(record: stored.record, content: .bytes(stored.bytes))
    }

    func beginUpload(
        of key: ObjectKey,
        to bucket: BucketName,
        digests: ContentDigests
    ) async throws -> any ObjectUpload {
        try state.withLock { try $0.take(.upload) }
        return MemoryUpload(key: key, bucket: bucket, digests: digests, store: self)
    }

    func delete(_ key: ObjectKey, in bucket: BucketName, precondition: WritePrecondition) async throws {
        try state.withLock { state in
            try state.take(.delete)
            guard state.buckets[bucket] != nil else { throw S3Error.noSuchBucket(bucket) }
            state.buckets[bucket]?[key] = nil
        }
    }

    func list(_ query: ListQuery, in bucket: BucketName) async throws -> ListPage {
        try state.withLock { state in
            try state.take(.list)
            guard let objects = state.buckets[bucket] else { throw S3Error.noSuchBucket(bucket) }
            let records = objects.values.map(\.record).sorted { $0.key < $1.key }.filter { record in
                record.key.utf8.starts(with: query.prefix)
                    && (query.after.isEmpty || query.after.lexicographicallyPrecedes(record.key.utf8))
            }
            // Small pages, so that whoever forgets to turn them is found out.
            let limit = min(query.limit, 2)
            return ListPage(
                entries: records.prefix(limit).map { .object(ObjectSummary($0)) },
                isTruncated: records.count > limit
            )
        }
    }

    private func found(_ key: ObjectKey, in bucket: BucketName, _ operation: Operation) throws -> Stored {
        try state.withLock { state in
            try state.take(operation)
            guard let objects = state.buckets[bucket] else { throw S3Error.noSuchBucket(bucket) }
            guard let stored = objects[key] else { throw S3Error.noSuchKey(key) }
            return stored
        }
    }
}

extension MemoryObjectStore.State {
    mutating func take(_ operation: MemoryObjectStore.Operation) throws {
        guard let error = failures[operation]?.first else { return }
        failures[operation]?.removeFirst()
        throw error
    }
}

extension ObjectSummary {
    init(_ record: ObjectRecord) {
        self.init(
            key: record.key,
            size: record.size,
            etag: record.etag,
            modified: record.modified,
            checksumAlgorithm: nil,
            storageClass: "STANDARD"
        )
    }
}

final class MemoryUpload: ObjectUpload {
    private struct Pending {
        var digests: ContentDigests
        var bytes = ByteBuffer()
    }

    private let key: ObjectKey
    private let bucket: BucketName
    private let store: MemoryObjectStore
    private let pending: Mutex<Pending>

    init(key: ObjectKey, bucket: BucketName, digests: ContentDigests, store: MemoryObjectStore) {
        self.key = key
        self.bucket = bucket
        self.store = store
        pending = Mutex(Pending(digests: digests))
    }

    var byteCount: Int64 { pending.withLock { Int64($0.bytes.readableBytes) } }

    func write(_ chunk: ByteBuffer) async throws {
        pending.withLock { pending in
            chunk.withUnsafeReadableBytes { pending.digests.update($0) }
            pending.bytes.writeImmutableBuffer(chunk)
        }
    }

    func commit(
        _ attributes: ObjectAttributes,
        demand: ContentDigestDemand,
        precondition: WritePrecondition
    ) async throws -> ObjectRecord {
        let (digests, bytes) = pending.withLock { ($0.digests.finalize(), $0.bytes) }
        return try store.state.withLock { state in
            try state.take(.commit)
            guard state.buckets[bucket] != nil else { throw S3Error.noSuchBucket(bucket) }
            state.sequence += 1
            let record = ObjectRecord(
                key: key,
                bucketID: "b",
                sequence: state.sequence,
                version: .null,
                size: digests.byteCount,
                modified: store.clock(),
                etag: ETag(md5: digests.md5),
                checksums: [digests.checksum],
                attributes: attributes
            )
            state.buckets[bucket]?[key] = .init(record: record, bytes: bytes)
            return record
        }
    }

    func abort() async {
        store.state.withLock { $0.aborted += 1 }
    }
}
