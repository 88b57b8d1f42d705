/// What the headers of an upload say about the lock of the version that it makes.
package struct ObjectLockHeaders: Equatable, Sendable {
    private static let mode = "x-amz-object-lock-mode"
    private static let date = "x-amz-object-lock-retain-until-date"
    private static let hold = "x-amz-object-lock-legal-hold"
    private static let bypass = "x-amz-bypass-governance-retention"

    /// The retention, when mode and date were sent.
    package let retention: Retention?
    /// The hold, when one was sent.
    package let legalHold: LegalHold?

    /// Whether a header of the lock was sent at all; only buckets with a lock take them.
    package var isEmpty: Bool { retention == nil && legalHold == nil }

    /// What these headers say; `header` gives the value of a header by its name in lower case.
    ///
    /// - Throws: `InvalidArgument` when only one of mode and date is there, or a value is not allowed.
    package init(now: Timestamp, header: (String) -> String?) throws(S3Error) {
        retention = try Self.retention(mode: header(Self.mode), date: header(Self.date), now: now)
        guard let text = header(Self.hold) else {
            legalHold = nil
            return
        }
        guard let hold = LegalHold(rawValue: text) else { throw .unknownLegalHold(text) }
        legalHold = hold
    }

    /// Whether the caller asks to pass over governance retentions.
    ///
    /// - Throws: `InvalidArgument` when the header is there, whatever its value, and the bucket has no lock.
    package static func bypassesGovernance(
        isLocked: Bool,
        header: (String) -> String?
    ) throws(S3Error) -> Bool {
        guard let text = header(Self.bypass) else { return false }
        guard isLocked else { throw .bypassWithoutObjectLock }
        return ByteText.equal(ByteText.lowercasedASCII(ByteText.trimmed(text)), "true")
    }

    private static func retention(mode: String?, date: String?, now: Timestamp) throws(S3Error) -> Retention? {
        switch (mode, date) {
        case (nil, nil): return nil
        case (_?, nil): throw .incompleteObjectLockHeaders(missing: Self.date)
        case (nil, _?): throw .incompleteObjectLockHeaders(missing: Self.mode)
        case (let mode?, let date?):
            guard let known = RetentionMode(rawValue: mode) else { throw .unknownRetentionMode(mode) }
            return Retention(mode: known, retainUntil: try Retention.time(date, argument: Self.date, now: now))
        }
    }
}
