package import S3Protocol

/// What S3 knows of one version of an object; travels with its file (see `storage/README.md`, "The record").
package struct ObjectRecord: Sendable, Equatable {
    /// The object's key.
    package var key: ObjectKey
    /// The random id of its bucket, new each time a bucket of that name is made.
    package var bucketID: String
    /// Order of the writes of this key: nanoseconds of the clock, or the previous one + 1.
    package var sequence: Int64
    /// The version's id, `null` without versioning.
    package var version: VersionID
    /// Content length in bytes.
    package var size: Int64
    /// Last-Modified.
    package var modified: Timestamp
    /// The entity tag.
    package var etag: ETag
    /// Checksums of the whole content.
    package var checksums: [Checksum]
    /// What the client set.
    package var attributes: ObjectAttributes

    /// A record of these parts.
    package init(
        key: ObjectKey,
        bucketID: String,
        sequence: Int64,
        version: VersionID,
        size: Int64,
        modified: Timestamp,
        etag: ETag,
        checksums: [Checksum],
        attributes: ObjectAttributes
    ) {
        self.key = key
        self.bucketID = bucketID
        self.sequence = sequence
        self.version = version
        self.size = size
        self.modified = modified
        self.etag = etag
        self.checksums = checksums
        self.attributes = attributes
    }
}

/// What a client sets on an object beside its bytes.
package struct ObjectAttributes: Sendable, Equatable {
    /// One tag of an object.
    package struct Tag: Sendable, Equatable, Codable {
        /// The tag's key, 1 to 128 characters.
        package var key: String
        /// The tag's value, 0 to 256 characters.
        package var value: String

        /// A tag of this key and value.
        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// Content headers by lower-case name: content-type, cache-control, content-disposition, content-encoding,
    /// content-language, expires, x-amz-website-redirect-location, x-amz-storage-class.
    package var headers: [String: String]
    /// User metadata by lower-case name without `x-amz-meta-`.
    package var metadata: [String: String]
    /// Tags in the order given, at most 10.
    package var tags: [Tag]

    /// Attributes of these parts.
    package init(headers: [String: String] = [:], metadata: [String: String] = [:], tags: [Tag] = []) {
        self.headers = headers
        self.metadata = metadata
        self.tags = tags
    }
}
