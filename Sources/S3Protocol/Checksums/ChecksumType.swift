/// What the checksum of an object that was uploaded in parts is a checksum of.
package enum ChecksumType: String, Codable, Hashable, Sendable {
    /// Of the whole content.
    case fullObject = "FULL_OBJECT"
    /// Of the parts' checksums, one behind the other.
    case composite = "COMPOSITE"
}
