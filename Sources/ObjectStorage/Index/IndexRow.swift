import S3Protocol

/// What the index keeps of an object: all that a listing tells, and the order of its write.
struct IndexRow: Sendable, Equatable {
    var key: ObjectKey
    var sequence: Int64
    var version: String
    var size: Int64
    var modified: Int64
    var etag: String
    var checksumAlgorithm: String?
    var storageClass: String?

    /// The row of a record.
    init(_ record: ObjectRecord) {
        key = record.key
        sequence = record.sequence
        version = record.version.text
        size = record.size
        modified = record.modified.nanoseconds
        etag = record.etag.text
        checksumAlgorithm = record.checksums.first?.algorithm.rawValue
        storageClass = record.attributes.headers["x-amz-storage-class"]
    }

    init(
        key: ObjectKey,
        sequence: Int64,
        version: String,
        size: Int64,
        modified: Int64,
        etag: String,
        checksumAlgorithm: String?,
        storageClass: String?
    ) {
        self.key = key
        self.sequence = sequence
        self.version = version
        self.size = size
        self.modified = modified
        self.etag = etag
        self.checksumAlgorithm = checksumAlgorithm
        self.storageClass = storageClass
    }

    /// What a listing tells of it.
    var summary: ObjectSummary {
        ObjectSummary(
            key: key,
            size: size,
            etag: ETag(etag),
            modified: Timestamp(nanoseconds: modified),
            checksumAlgorithm: checksumAlgorithm.flatMap(ChecksumAlgorithm.init(rawValue:)),
            storageClass: storageClass ?? "STANDARD"
        )
    }
}
