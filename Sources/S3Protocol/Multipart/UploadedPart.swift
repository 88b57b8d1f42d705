/// A part as it is stored while its upload goes on.
package struct UploadedPart: Equatable, Sendable {
    /// Its number.
    package let number: PartNumber
    /// When it arrived.
    package let modified: Timestamp
    /// The entity tag: the MD5 of its bytes.
    package let etag: ETag
    /// Its length in bytes.
    package let size: Int64
    /// The checksum that is stored with it.
    package let checksum: Checksum?

    /// A part of these properties.
    package init(number: PartNumber, modified: Timestamp, etag: ETag, size: Int64, checksum: Checksum?) {
        self.number = number
        self.modified = modified
        self.etag = etag
        self.size = size
        self.checksum = checksum
    }
}
