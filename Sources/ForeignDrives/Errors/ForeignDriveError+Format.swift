extension ForeignDriveError.Code {
    /// Bytes end before what they announce.
    package static let truncated: Self = "truncated"
    /// Bytes are not of the form they should have.
    package static let malformed: Self = "malformed"
    /// A checksum over metadata or data differs from the recorded one.
    package static let checksumMismatch: Self = "checksum-mismatch"
    /// A format is newer or older than what is understood.
    package static let unsupportedFormat: Self = "unsupported-format"
    /// Two records of the same fact differ.
    package static let inconsistent: Self = "inconsistent"
    /// Something is longer than the bound that is set for it.
    package static let tooLarge: Self = "too-large"
}

extension ForeignDriveError {
    static func truncated(_ what: String) -> Self { Self(.truncated, "\(what) is cut short") }

    static func malformed(_ what: String) -> Self { Self(.malformed, what) }

    static func inconsistent(_ what: String) -> Self { Self(.inconsistent, what) }

    static func unsupported(_ what: String) -> Self { Self(.unsupportedFormat, what) }

    static func missing(_ field: String, of what: String) -> Self {
        Self(.malformed, "\(what) has no \(field)")
    }

    static func checksumMismatch(_ what: String) -> Self {
        Self(.checksumMismatch, "\(what) does not match its checksum")
    }

    static func tooLarge(_ what: String, bytes: Int64, limit: Int) -> Self {
        Self(.tooLarge, "\(what) has \(bytes) bytes, more than the limit of \(limit)")
    }
}
