/// What a form upload answers with status 201.
package struct PostResponse: Equatable, Sendable {
    /// The object's address, the same text as in the `Location` header.
    package let location: String
    /// The bucket.
    package let bucket: BucketName
    /// The key.
    package let key: ObjectKey
    /// The entity tag.
    package let etag: ETag

    /// An answer of these parts.
    package init(location: String, bucket: BucketName, key: ObjectKey, etag: ETag) {
        self.location = location
        self.bucket = bucket
        self.key = key
        self.etag = etag
    }

    /// The `PostResponse` document, which has no namespace.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "PostResponse", namespace: nil) { xml in
            xml.text("Location", location)
            xml.text("Bucket", bucket.string)
            xml.text("Key", key.string)
            xml.text("ETag", etag.quoted)
        }
    }
}
