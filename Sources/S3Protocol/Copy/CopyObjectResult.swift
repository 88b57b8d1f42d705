/// What CopyObject answers.
package struct CopyObjectResult: Equatable, Sendable {
    /// The copy's Last-Modified.
    package let modified: Timestamp
    /// The copy's entity tag.
    package let etag: ETag
    /// The copy's checksum, which is always one of its whole content.
    package let checksum: Checksum?

    /// An answer of these parts.
    package init(modified: Timestamp, etag: ETag, checksum: Checksum?) {
        self.modified = modified
        self.etag = etag
        self.checksum = checksum
    }

    /// The `CopyObjectResult` document.
    ///
    /// - Throws: `InternalError` when memory runs out.
    package func document() throws(S3Error) -> [UInt8] {
        try XMLDocument.bytes(root: "CopyObjectResult") { xml in
            xml.text("LastModified", modified.iso8601Milliseconds)
            xml.text("ETag", etag.quoted)
            guard let checksum else { return }
            xml.text("ChecksumType", ChecksumType.fullObject.rawValue)
            ChecksumElement.write(checksum, to: xml)
        }
    }
}
