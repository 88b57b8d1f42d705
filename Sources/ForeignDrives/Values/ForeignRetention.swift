/// Until when and how strictly a version must not be deleted.
package struct ForeignRetention: Hashable, Sendable {
    /// Who may lift the retention.
    package enum Mode: String, Sendable {
        case governance = "GOVERNANCE"
        case compliance = "COMPLIANCE"
    }

    /// Who may lift it.
    package let mode: Mode
    /// The end as the source has it: ISO 8601 with or without fractions of a second.
    package let until: String
}

/// One tag of an object or bucket.
package struct ForeignTag: Hashable, Sendable {
    /// The tag's key.
    package let key: String
    /// The tag's value.
    package let value: String

    /// A tag of this key and value.
    package init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}
