package import S3Protocol

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

    /// The canonical id of the user who made it; nil for the bucket's owner.
    package var owner: String?
    /// Until when the version must not be deleted.
    package var retention: Retention?
    /// Whether a legal hold keeps the version; nil when none was ever set.
    package var legalHold: Bool?
    /// The access control list as the one who sets and reads it writes it; nil for the default.
    package var accessControl: String?

    /// Attributes of these parts.
    package init(headers: [String: String] = [:], metadata: [String: String] = [:], tags: [Tag] = []) {
        self.headers = headers
        self.metadata = metadata
        self.tags = tags
    }
}
