/// An object's attributes, to be written as a `GetObjectAttributesResponse` document.
package struct GetObjectAttributesResult: Sendable {
    /// One part of an object that was uploaded in parts.
    package struct Part: Sendable {
        /// Its number.
        package let number: PartNumber
        /// Its length in bytes.
        package let size: Int64
        /// The checksum that it was uploaded with.
        package let checksum: Checksum?

        /// A part of these properties.
        package init(number: PartNumber, size: Int64, checksum: Checksum?) {
            self.number = number
            self.size = size
            self.checksum = checksum
        }
    }

    /// What was asked for.
    package let request: GetObjectAttributesRequest
    /// The entity tag.
    package let etag: ETag
    /// The checksum.
    package let checksum: ObjectChecksum?
    /// All parts, ascending; none when the object was uploaded in one piece.
    package let parts: [Part]
    /// The storage class.
    package let storageClass: String
    /// The length in bytes.
    package let size: Int64

    /// Attributes of these values.
    package init(
        request: GetObjectAttributesRequest,
        etag: ETag,
        checksum: ObjectChecksum?,
        parts: [Part] = [],
        storageClass: String = "STANDARD",
        size: Int64
    ) {
        self.request = request
        self.etag = etag
        self.checksum = checksum
        self.parts = parts
        self.storageClass = storageClass
        self.size = size
    }
}
