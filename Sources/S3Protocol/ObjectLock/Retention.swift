/// How strictly a retention keeps a version (AWS, "How S3 Object Lock works").
package enum RetentionMode: String, CaseIterable, Codable, Sendable {
    /// Callers with `s3:BypassGovernanceRetention` may delete the version or shorten the retention.
    case governance = "GOVERNANCE"
    /// Nobody may, before its time.
    case compliance = "COMPLIANCE"
}

/// Until when a version of an object must not be deleted.
package struct Retention: Equatable, Codable, Sendable {
    /// How strictly.
    package var mode: RetentionMode
    /// Until when.
    package var retainUntil: Timestamp

    /// A retention of this mode and time.
    package init(mode: RetentionMode, retainUntil: Timestamp) {
        self.mode = mode
        self.retainUntil = retainUntil
    }
}
