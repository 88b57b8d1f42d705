/// What CompleteMultipartUpload answers.
package struct CompleteMultipartUploadResult: Equatable, Sendable {
    /// The object's address, percent-encoded.
    package let location: String
    /// The bucket.
    package let bucket: BucketName
    /// The key.
    package let key: ObjectKey
    /// The entity tag, with `-N` for N parts.
    package let etag: ETag
    /// The object's checksum, if it has one.
    package let checksum: ObjectChecksum?

    /// An answer of these parts.
    package init(location: String, bucket: BucketName, key: ObjectKey, etag: ETag, checksum: ObjectChecksum?) {
        self.location = location
        self.bucket = bucket
        self.key = key
        self.etag = etag
        self.checksum = checksum
    }

    /// The `CompleteMultipartUploadResult` document.
    ///
    /// - Throws: `InternalError` when memory runs out.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "CompleteMultipartUploadResult") { xml in
            xml.text("Location", location)
            xml.text("Bucket", bucket.string)
            xml.text("Key", key.string)
            xml.text("ETag", etag.quoted)
            guard let checksum else { return }
            xml.text(checksum.checksum.algorithm.elementName, checksum.headerValue)
            xml.text("ChecksumType", checksum.type.rawValue)
        }
    }
}
