package import NIOCore
package import S3Protocol

/// Uploads in parts.
package protocol MultipartStore: Sendable {
    /// Begins an upload; durable when this returns.
    ///
    /// - Throws: `NoSuchBucket`; `InsufficientStorage` when the disk is full.
    func createMultipartUpload(_ request: MultipartUploadRequest, in bucket: BucketName) async throws -> MultipartUpload

    /// The upload of this id.
    ///
    /// Answered from memory. - Throws: `NoSuchUpload` when there is none of this key.
    func multipartUpload(_ id: String, of key: ObjectKey, in bucket: BucketName) throws -> MultipartUpload

    /// All uploads of a bucket that are under way, by key and then by the time they were begun; from memory, but sorted on
    /// the blocking pool.
    func multipartUploads(in bucket: BucketName) async throws -> [MultipartUpload]

    /// Begins a part, which replaces that of the same number once it is committed.
    ///
    /// - Throws: as `multipartUpload`.
    func beginPart(
        _ number: Int,
        of upload: MultipartUpload,
        digests: ContentDigests
    ) async throws -> any PartUpload

    /// Makes a part of a range of an object, nil for all of it, within the file system.
    ///
    /// - Throws: as `open` for the source; whatever `request.check` throws.
    func copyPart(_ number: Int, of upload: MultipartUpload, from request: PartCopyRequest) async throws -> StoredPart

    /// The parts of an upload in order of their numbers: those behind `number`, at most `limit` of them, and whether
    /// more follow.
    func parts(
        of upload: MultipartUpload,
        after number: Int,
        limit: Int
    ) async throws -> (parts: [StoredPart], isTruncated: Bool)

    /// Puts the parts that `choose` names together and publishes the object; the upload is gone then.
    ///
    /// The bytes are cloned or copied within the kernel. An upload that was completed before answers the object it made.
    ///
    /// - Throws: `NoSuchUpload`, `PreconditionFailed`, and what `choose` throws for parts that do not fit.
    func completeMultipartUpload(
        _ id: String,
        of key: ObjectKey,
        in bucket: BucketName,
        precondition: WritePrecondition,
        _ choose: @escaping @Sendable (MultipartUpload, [StoredPart]) throws -> MultipartAssembly
    ) async throws -> ObjectRecord

    /// Ends an upload without an object; its parts go.
    ///
    /// - Throws: `NoSuchUpload`.
    func abortMultipartUpload(_ id: String, of key: ObjectKey, in bucket: BucketName) async throws
}

/// What an upload in parts is begun with.
package struct MultipartUploadRequest: Sendable {
    /// The key of the object to be.
    package var key: ObjectKey
    /// What the client sets on it.
    package var attributes: ObjectAttributes
    /// Which checksum the object is to have.
    package var checksum: MultipartChecksumChoice
    /// The canonical id of the user who began it; nil for the bucket's owner.
    package var initiator: String?

    /// A request of these parts.
    package init(
        key: ObjectKey,
        attributes: ObjectAttributes,
        checksum: MultipartChecksumChoice = .automatic,
        initiator: String? = nil
    ) {
        self.key = key
        self.attributes = attributes
        self.checksum = checksum
        self.initiator = initiator
    }
}

/// An upload in parts that is under way.
package struct MultipartUpload: Sendable, Equatable {
    /// Its random id.
    package let id: String
    /// The key of the object to be.
    package let key: ObjectKey
    /// The bucket's id.
    package let bucketID: String
    /// When it was begun.
    package let initiated: Timestamp
    /// The canonical id of the user who began it; nil for the bucket's owner.
    package let initiator: String?
    /// Which checksum the object is to have.
    package let checksum: MultipartChecksumChoice
    /// What the client sets on the object.
    package let attributes: ObjectAttributes
    /// The sequence of the key's current version when it was begun, 0 when there was none: a conditional completion
    /// fails when that has changed.
    package let precedingSequence: Int64
}

/// One part as it lies there.
package struct StoredPart: Sendable, Equatable {
    /// Its number, 1 to 10,000.
    package let number: Int
    /// Its length in bytes.
    package let size: Int64
    /// When it was uploaded.
    package let modified: Timestamp
    /// Its entity tag, the MD5.
    package let etag: ETag
    /// Its checksums: that of the upload, and the client's own where that is another.
    package let checksums: [Checksum]

    /// A part of these properties.
    package init(number: Int, size: Int64, modified: Timestamp, etag: ETag, checksums: [Checksum]) {
        self.number = number
        self.size = size
        self.modified = modified
        self.etag = etag
        self.checksums = checksums
    }
}

/// Which parts make the object, and what it is then.
package struct MultipartAssembly: Sendable {
    /// The parts in order.
    package var parts: [StoredPart]
    /// The entity tag of the whole.
    package var etag: ETag
    /// Its checksum; nil for none.
    package var checksum: Checksum?

    /// An assembly of these parts.
    package init(parts: [StoredPart], etag: ETag, checksum: Checksum?) {
        self.parts = parts
        self.etag = etag
        self.checksum = checksum
    }
}

/// The source of a part that is copied.
package struct PartCopyRequest: Sendable {
    /// The source's bucket.
    package var bucket: BucketName
    /// The source's key.
    package var key: ObjectKey
    /// The source's version; nil for the current one.
    package var version: VersionID?
    /// Checks the source and gives the bytes to copy; whatever it throws ends the copy.
    package var range: @Sendable (_ source: ObjectRecord) throws -> Range<Int64>

    /// A request of these parts.
    package init(
        bucket: BucketName,
        key: ObjectKey,
        version: VersionID? = nil,
        range: @escaping @Sendable (_ source: ObjectRecord) throws -> Range<Int64>
    ) {
        self.bucket = bucket
        self.key = key
        self.version = version
        self.range = range
    }
}

/// A part in flight, used as an `ObjectUpload` is.
package protocol PartUpload: AnyObject, Sendable {
    /// How many bytes were written.
    var byteCount: Int64 { get }

    /// Appends the chunk's readable bytes.
    func write(_ chunk: ByteBuffer) async throws

    /// Verifies, makes durable and puts the part into its place.
    ///
    /// - Throws: `BadDigest` and its kin from `demand`, `NoSuchUpload` when the upload ended meanwhile.
    func commit(demand: ContentDigestDemand) async throws -> StoredPart

    /// Drops what was written; does nothing after `commit`.
    func abort() async
}
