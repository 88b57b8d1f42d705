package import S3Protocol

/// What S3 knows of one version of an object; travels with its file (see `storage/README.md`, "The record").
package struct ObjectRecord: Sendable, Equatable {
    /// The object's key.
    package var key: ObjectKey
    /// The random id of its bucket, new each time a bucket of that name is made.
    package var bucketID: String
    /// Order of the writes of this key: nanoseconds of the clock, or the previous one + 1.
    package var sequence: Int64
    /// The version's id, `null` without versioning.
    package var version: VersionID
    /// Content length in bytes.
    package var size: Int64
    /// Last-Modified.
    package var modified: Timestamp
    /// The entity tag.
    package var etag: ETag
    /// Checksums of the content.
    package var checksums: [Checksum]
    /// Whether the checksums are of the whole content or of its parts' checksums.
    package var checksumType = ChecksumType.fullObject
    /// What the client set.
    package var attributes: ObjectAttributes
    /// Whether this version says that the object was deleted, and has no content.
    package var isDeleteMarker = false
    /// The parts that it was put together from, in order; empty for an object that came in one piece.
    package var parts: [ObjectPart] = []
    /// The multipart upload whose completion made this version.
    package var uploadID: String?

    /// A record of these parts.
    package init(
        key: ObjectKey,
        bucketID: String,
        sequence: Int64,
        version: VersionID,
        size: Int64,
        modified: Timestamp,
        etag: ETag,
        checksums: [Checksum],
        attributes: ObjectAttributes
    ) {
        self.key = key
        self.bucketID = bucketID
        self.sequence = sequence
        self.version = version
        self.size = size
        self.modified = modified
        self.etag = etag
        self.checksums = checksums
        self.attributes = attributes
    }
}

/// One part of an object that was uploaded in parts.
package struct ObjectPart: Sendable, Equatable {
    /// The number that it was uploaded by, 1 to 10,000.
    package var number: Int
    /// Its length in bytes.
    package var size: Int64
    /// Its checksum, when the upload was made with an algorithm.
    package var checksum: Checksum?

    /// A part of this number and size.
    package init(number: Int, size: Int64, checksum: Checksum? = nil) {
        self.number = number
        self.size = size
        self.checksum = checksum
    }
}
