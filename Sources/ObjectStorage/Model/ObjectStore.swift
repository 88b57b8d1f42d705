package import NIOCore
package import S3Protocol

/// Objects in buckets, whatever keeps them: local files today, a remote S3 or a cache before one later.
///
/// Every method is safe to call from any task and blocks no thread of the caller; errors are `StorageError` or
/// `S3Error`, both `S3ErrorConvertible`. Cancellation: a cancelled upload is aborted by its owner; the other methods
/// finish what they began.
package protocol ObjectStore: Sendable {
    /// The record of an object without its content.
    ///
    /// - Throws: `NoSuchBucket`, `NoSuchKey`, `NoSuchVersion`.
    func head(_ key: ObjectKey, version: VersionID?, in bucket: BucketName) async throws -> ObjectRecord

    /// The record and the content of an object, read from one descriptor, so that they always agree.
    ///
    /// - Throws: `NoSuchBucket`, `NoSuchKey`, `NoSuchVersion`.
    func open(_ key: ObjectKey, version: VersionID?, in bucket: BucketName) async throws -> OpenObject

    /// Begins an upload that becomes visible only by `ObjectUpload.commit`; `digests` says which are computed.
    ///
    /// - Throws: `NoSuchBucket`; `InsufficientStorage` when the disk is full.
    func beginUpload(
        of key: ObjectKey,
        to bucket: BucketName,
        digests: ContentDigests
    ) async throws -> any ObjectUpload

    /// Removes the current version; an absent key is success.
    ///
    /// - Throws: `NoSuchBucket`, `PreconditionFailed`.
    func delete(_ key: ObjectKey, in bucket: BucketName, precondition: WritePrecondition) async throws

    /// One page of a bucket's keys in byte order.
    ///
    /// - Throws: `NoSuchBucket`; `SlowDown` until the bucket's index is complete, never a partial page.
    func list(_ query: ListQuery, in bucket: BucketName) async throws -> ListPage
}

/// An upload in flight: bytes go in, nothing is visible before `commit` returns.
///
/// Used by one task at a time. One that is neither committed nor aborted frees its descriptor and file when the last
/// reference goes.
package protocol ObjectUpload: AnyObject, Sendable {
    /// How many bytes were written.
    var byteCount: Int64 { get }

    /// Appends the chunk's readable bytes; returns when they are hashed and handed to the kernel, which is the
    /// back-pressure. One hop to the blocking pool a call, so chunks of 128 to 512 KiB are best.
    func write(_ chunk: ByteBuffer) async throws

    /// Verifies, makes durable and publishes; returns the record now current.
    ///
    /// - Throws: `BadDigest` and its kin from `demand`, `PreconditionFailed`, `NoSuchBucket` when the bucket went
    ///   meanwhile; nothing is visible then.
    func commit(
        _ attributes: ObjectAttributes,
        demand: ContentDigestDemand,
        precondition: WritePrecondition
    ) async throws -> ObjectRecord

    /// Drops what was written; does nothing after `commit`.
    func abort() async
}

/// An object opened for reading.
package struct OpenObject: Sendable {
    /// Where the bytes are.
    package enum Content: Sendable {
        /// The whole content, for objects up to the store's inline limit (64 KiB).
        case bytes(ByteBuffer)
        /// An open file whose first `record.size` bytes are the content.
        case file(OpenFile)
    }

    /// The record that was published with these bytes.
    package let record: ObjectRecord
    /// The bytes.
    package let content: Content

    /// An opened object.
    package init(record: ObjectRecord, content: Content) {
        self.record = record
        self.content = content
    }
}
