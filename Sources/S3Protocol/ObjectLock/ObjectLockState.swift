/// The lock of one version of an object, and what it forbids.
package struct ObjectLockState: Codable, Equatable, Sendable {
    /// Until when the version is kept.
    package var retention: Retention?
    /// Whether it is kept beyond that; nil when a hold was never set.
    package var legalHold: LegalHold?

    /// A lock of these parts.
    package init(retention: Retention? = nil, legalHold: LegalHold? = nil) {
        self.retention = retention
        self.legalHold = legalHold
    }

    /// Whether the version may be deleted for good, or replaced where there are no versions.
    package func mayBeDeleted(at now: Timestamp, bypassesGovernance: Bool = false) -> Bool {
        guard legalHold != .on else { return false }
        guard let retention, retention.isActive(at: now) else { return true }
        return retention.mode == .governance && bypassesGovernance
    }

    /// Refuses a delete that the lock forbids.
    ///
    /// - Throws: `AccessDenied`.
    package func checkDeletion(at now: Timestamp, bypassesGovernance: Bool = false) throws(S3Error) {
        guard mayBeDeleted(at: now, bypassesGovernance: bypassesGovernance) else {
            throw .protectedByObjectLock.because(deletionRefusal)
        }
    }

    /// The headers that GET and HEAD show to callers who may read the lock.
    package var fields: [HeaderList.Field] {
        var fields: [HeaderList.Field] = []
        if let retention {
            fields.append(HeaderList.Field("x-amz-object-lock-mode", retention.mode.rawValue))
            fields.append(HeaderList.Field("x-amz-object-lock-retain-until-date", retention.retainUntil.iso8601))
        }
        if let legalHold { fields.append(HeaderList.Field("x-amz-object-lock-legal-hold", legalHold.rawValue)) }
        return fields
    }

    private var deletionRefusal: String {
        guard legalHold != .on, let retention else { return "a legal hold is on" }
        return "\(retention.mode.rawValue) until \(retention.retainUntil.iso8601)"
    }
}

extension Retention {
    /// Whether it still keeps the version.
    package func isActive(at now: Timestamp) -> Bool {
        retainUntil > now
    }

    /// Whether another retention, or none, may take the place of this one.
    ///
    /// Both modes may be lengthened by anybody. A compliance retention is never shortened or changed to another mode;
    /// a governance retention only by callers who bypass it.
    package func mayBeReplaced(by other: Retention?, at now: Timestamp, bypassesGovernance: Bool) -> Bool {
        guard isActive(at: now) else { return true }
        if mode == .governance && bypassesGovernance { return true }
        guard let other else { return false }
        return other.mode == mode && other.retainUntil >= retainUntil
    }

    /// Refuses a change that the retention forbids.
    ///
    /// - Throws: `AccessDenied`.
    package func checkReplacement(
        by other: Retention?,
        at now: Timestamp,
        bypassesGovernance: Bool
    ) throws(S3Error) {
        guard mayBeReplaced(by: other, at: now, bypassesGovernance: bypassesGovernance) else {
            throw .protectedByObjectLock.because("\(mode.rawValue) until \(retainUntil.iso8601)")
        }
    }
}
