/// What CreateMultipartUpload answers.
package struct InitiateMultipartUploadResult: Equatable, Sendable {
    /// The bucket.
    package let bucket: BucketName
    /// The key of the object to be.
    package let key: ObjectKey
    /// The upload.
    package let uploadID: UploadID

    /// An answer of these parts.
    package init(bucket: BucketName, key: ObjectKey, uploadID: UploadID) {
        self.bucket = bucket
        self.key = key
        self.uploadID = uploadID
    }

    /// The `InitiateMultipartUploadResult` document.
    ///
    /// - Throws: `InternalError` when memory runs out.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "InitiateMultipartUploadResult") { xml in
            xml.text("Bucket", bucket.string)
            xml.text("Key", key.string)
            xml.text("UploadId", uploadID.text)
        }
    }
}
