/// One page of a bucket's unfinished uploads, to be written as a `ListMultipartUploadsResult` document.
package struct ListMultipartUploadsResult: Sendable {
    /// One upload.
    package struct Upload: Sendable {
        /// The key of the object to be.
        package let key: ObjectKey
        /// The upload.
        package let id: UploadID
        /// Who began it.
        package let initiator: UploadInitiator
        /// The canonical id of the owner of the object to be.
        package let ownerID: String
        /// The storage class.
        package let storageClass: String
        /// When it began.
        package let initiated: Timestamp
        /// Which checksum the object is to have.
        package let choice: MultipartChecksumChoice

        /// An upload of these parts.
        package init(
            key: ObjectKey,
            id: UploadID,
            initiator: UploadInitiator,
            ownerID: String,
            storageClass: String = "STANDARD",
            initiated: Timestamp,
            choice: MultipartChecksumChoice
        ) {
            self.key = key
            self.id = id
            self.initiator = initiator
            self.ownerID = ownerID
            self.storageClass = storageClass
            self.initiated = initiated
            self.choice = choice
        }
    }

    /// One entry; each counts toward `max-uploads`.
    package enum Entry: Sendable {
        /// An upload.
        case upload(Upload)
        /// A rolled-up prefix.
        case commonPrefix([UInt8])
    }

    /// The bucket.
    package let bucket: BucketName
    /// What was asked for.
    package let request: ListMultipartUploadsRequest
    /// The entries in byte order of their keys and prefixes, a key's oldest upload first.
    package let entries: [Entry]
    /// Whether more follow.
    package let isTruncated: Bool

    /// A page of these parts.
    package init(bucket: BucketName, request: ListMultipartUploadsRequest, entries: [Entry], isTruncated: Bool) {
        self.bucket = bucket
        self.request = request
        self.entries = entries
        self.isTruncated = isTruncated
    }
}
