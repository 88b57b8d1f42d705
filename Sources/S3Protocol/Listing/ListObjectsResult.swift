/// One page of a bucket's objects, to be written as a `ListBucketResult` document.
package struct ListObjectsResult: Sendable {
    /// One object of the page.
    package struct Object: Sendable {
        /// The key.
        package let key: ObjectKey
        /// Last-Modified.
        package let modified: Timestamp
        /// The entity tag.
        package let etag: ETag
        /// The content's length in bytes.
        package let size: Int64
        /// The algorithm of the checksum that is stored with it.
        package let checksumAlgorithm: ChecksumAlgorithm?
        /// Whether that checksum is of the whole content (`FULL_OBJECT`) or of its parts' checksums (`COMPOSITE`).
        package let checksumType: String
        /// The storage class.
        package let storageClass: String
        /// The canonical id of who owns it; nil for the page's `ownerID`.
        package let ownerID: String?

        /// An object of these parts.
        package init(
            key: ObjectKey,
            modified: Timestamp,
            etag: ETag,
            size: Int64,
            checksumAlgorithm: ChecksumAlgorithm?,
            checksumType: String = "FULL_OBJECT",
            storageClass: String = "STANDARD",
            ownerID: String? = nil
        ) {
            self.key = key
            self.modified = modified
            self.etag = etag
            self.size = size
            self.checksumAlgorithm = checksumAlgorithm
            self.checksumType = checksumType
            self.storageClass = storageClass
            self.ownerID = ownerID
        }
    }

    /// The bucket.
    package let bucket: BucketName
    /// What was asked for.
    package let request: ListObjectsRequest
    /// The objects in byte order of their keys.
    package let objects: [Object]
    /// The rolled-up prefixes in byte order.
    package let commonPrefixes: [[UInt8]]
    /// The last key or common prefix of the page when more follow, else nil.
    package let lastOfTruncated: [UInt8]?
    /// The canonical id of the owner of all objects that name no other; nil leaves owners out (anonymous callers).
    package let ownerID: String?

    /// A page of these parts.
    package init(
        bucket: BucketName,
        request: ListObjectsRequest,
        objects: [Object],
        commonPrefixes: [[UInt8]],
        lastOfTruncated: [UInt8]?,
        ownerID: String?
    ) {
        self.bucket = bucket
        self.request = request
        self.objects = objects
        self.commonPrefixes = commonPrefixes
        self.lastOfTruncated = lastOfTruncated
        self.ownerID = ownerID
    }
}
