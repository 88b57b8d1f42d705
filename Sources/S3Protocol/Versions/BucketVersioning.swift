/// Whether a bucket keeps the versions of its objects; a bucket whose versioning was never set has no such state.
package enum BucketVersioning: String, Codable, Sendable {
    /// Every write makes a version.
    case enabled = "Enabled"
    /// Writes replace the version `null`; the others stay.
    case suspended = "Suspended"
}
