/// What UploadPartCopy answers.
package struct CopyPartResult: Equatable, Sendable {
    /// When the part was made.
    package let modified: Timestamp
    /// The part's entity tag.
    package let etag: ETag
    /// The part's checksum, if its upload was created with an algorithm.
    package let checksum: Checksum?

    /// An answer of these parts.
    package init(modified: Timestamp, etag: ETag, checksum: Checksum?) {
        self.modified = modified
        self.etag = etag
        self.checksum = checksum
    }

    /// The `CopyPartResult` document.
    ///
    /// - Throws: `InternalError` when memory runs out.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "CopyPartResult") { xml in
            xml.text("LastModified", modified.iso8601Milliseconds)
            xml.text("ETag", etag.quoted)
            if let checksum { ChecksumElement.write(checksum, to: xml) }
        }
    }
}
