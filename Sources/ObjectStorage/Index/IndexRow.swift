import FoundationEssentials
import GRDB
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
    /// Nil for that of the whole content.
    var checksumType: String?
    /// Nil for the bucket's owner.
    var owner: String?
    var isDeleteMarker = false

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
        checksumType = record.checksumType == .composite ? record.checksumType.rawValue : nil
        owner = record.attributes.owner
        isDeleteMarker = record.isDeleteMarker
    }

    /// What a listing tells of it.
    var summary: ObjectSummary {
        ObjectSummary(
            key: key,
            size: size,
            etag: ETag(etag),
            modified: Timestamp(nanoseconds: modified),
            checksumAlgorithm: checksumAlgorithm.flatMap(ChecksumAlgorithm.init(rawValue:)),
            checksumType: checksumType.flatMap(ChecksumType.init(rawValue:)) ?? .fullObject,
            storageClass: storageClass ?? "STANDARD",
            owner: owner
        )
    }
}

extension IndexRow {
    /// The columns of a row of current versions.
    static let columns = "key, seq, version, size, mtime, etag, checksum, class, sumtype, owner, 0 AS marker"
    /// The columns of a row of noncurrent versions.
    static let versionColumns = "key, seq, version, size, mtime, etag, checksum, class, sumtype, owner, marker"

    /// The row that a statement gave with `columns` or `versionColumns`.
    init(row: Row) throws {
        key = try ObjectKey(utf8: Array(row[0] as Data))
        sequence = row[1]
        version = row[2]
        size = row[3]
        modified = row[4]
        etag = row[5]
        checksumAlgorithm = row[6]
        storageClass = row[7]
        checksumType = row[8]
        owner = row[9]
        isDeleteMarker = row[10]
    }
}
