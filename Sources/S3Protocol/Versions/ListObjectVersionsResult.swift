/// One page of a bucket's versions, to be written as a `ListVersionsResult` document.
package struct ListObjectVersionsResult: Sendable {
    /// What versions and delete markers have in common.
    package struct Identity: Sendable {
        /// The key.
        package let key: ObjectKey
        /// The version id, `null` where there is none.
        package let version: VersionID
        /// Whether it is the key's current version.
        package let isLatest: Bool
        /// Last-Modified.
        package let modified: Timestamp
        /// The canonical id of the owner; nil leaves it out.
        package let ownerID: String?

        /// An identity of these parts.
        package init(key: ObjectKey, version: VersionID, isLatest: Bool, modified: Timestamp, ownerID: String?) {
            self.key = key
            self.version = version
            self.isLatest = isLatest
            self.modified = modified
            self.ownerID = ownerID
        }
    }

    /// What only a version with content has.
    package struct Content: Sendable {
        /// The entity tag.
        package let etag: ETag
        /// The length in bytes.
        package let size: Int64
        /// The algorithm of the checksum that is stored with it.
        package let checksumAlgorithm: ChecksumAlgorithm?
        /// What that checksum is a checksum of.
        package let checksumType: ChecksumType
        /// The storage class.
        package let storageClass: String

        /// A content of these parts.
        package init(
            etag: ETag,
            size: Int64,
            checksumAlgorithm: ChecksumAlgorithm?,
            checksumType: ChecksumType = .fullObject,
            storageClass: String = "STANDARD"
        ) {
            self.etag = etag
            self.size = size
            self.checksumAlgorithm = checksumAlgorithm
            self.checksumType = checksumType
            self.storageClass = storageClass
        }
    }

    /// One entry; each counts toward `max-keys`.
    package enum Entry: Sendable {
        /// A version with content.
        case version(Identity, Content)
        /// A delete marker.
        case deleteMarker(Identity)
        /// A rolled-up prefix.
        case commonPrefix([UInt8])
    }

    /// The bucket.
    package let bucket: BucketName
    /// What was asked for.
    package let request: ListObjectVersionsRequest
    /// The entries in byte order of their keys and prefixes, a key's newest version first.
    package let entries: [Entry]
    /// Whether more follow.
    package let isTruncated: Bool

    /// A page of these parts.
    package init(bucket: BucketName, request: ListObjectVersionsRequest, entries: [Entry], isTruncated: Bool) {
        self.bucket = bucket
        self.request = request
        self.entries = entries
        self.isTruncated = isTruncated
    }
}
