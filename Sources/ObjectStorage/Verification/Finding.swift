/// Something that a check found to be wrong in a storage root.
package struct Finding: Sendable, Equatable {
    /// What is wrong: a stable name, for scripts.
    package struct Code: RawRepresentable, Hashable, Sendable {
        /// The name.
        package let rawValue: String

        /// A code of this name.
        package init(rawValue: String) { self.rawValue = rawValue }
    }

    /// What is wrong.
    package let code: Code
    /// With what: a path below the root, `BUCKET/KEY`, or a record.
    package let subject: String
    /// What was expected and what is there.
    package let detail: String
    /// Whether `--repair` can make it right; what cannot be is the operator's to decide.
    package let isRepairable: Bool
    /// Whether it was made right.
    package var isRepaired = false

    /// A finding of these parts.
    package init(_ code: Code, _ subject: String, _ detail: String, isRepairable: Bool = true) {
        self.code = code
        self.subject = subject
        self.detail = detail
        self.isRepairable = isRepairable
    }

    /// The finding with more to say of it.
    package func noting(_ text: String) -> Finding {
        Finding(code, subject, detail + text, isRepairable: isRepairable)
    }
}

extension Finding.Code {
    // Of one key.
    static let fileWithoutRecord = Self(rawValue: "file-without-record")
    static let fileChanged = Self(rawValue: "file-changed")
    static let recordOfAnotherKey = Self(rawValue: "record-of-another-key")
    static let recordUnreadable = Self(rawValue: "record-unreadable")
    static let recordNewer = Self(rawValue: "record-newer")
    static let sidecarMissing = Self(rawValue: "sidecar-missing")
    static let twoFiles = Self(rawValue: "two-files")
    static let tornFile = Self(rawValue: "torn-file")
    static let fileWithoutRow = Self(rawValue: "file-without-row")
    static let rowWithoutFile = Self(rawValue: "row-without-file")
    static let rowDiffers = Self(rawValue: "row-differs")
    static let versionsUnsettled = Self(rawValue: "versions-unsettled")
    static let versionRowsDiffer = Self(rawValue: "version-rows-differ")
    static let strangeVersion = Self(rawValue: "strange-version")
    static let bitRot = Self(rawValue: "bit-rot")
    static let unreadable = Self(rawValue: "file-unreadable")

    // Of a transfer.
    package static let notImported = Self(rawValue: "not-imported")
    static let notExported = Self(rawValue: "not-exported")

    // Of a bucket.
    static let stray = Self(rawValue: "no-object")
    static let namelessFile = Self(rawValue: "nameless-file")
    static let emptyDirectory = Self(rawValue: "empty-directory")
    static let usageDiffers = Self(rawValue: "usage-differs")
    static let bucketDirectoryMissing = Self(rawValue: "bucket-directory-missing")
    static let bucketDirectoryUnknown = Self(rawValue: "bucket-directory-unknown")
    static let bucketSettingsUnreadable = Self(rawValue: "bucket-settings-unreadable")
    static let escapedOfNoBucket = Self(rawValue: "escaped-of-no-bucket")
    static let versionsOfNoBucket = Self(rawValue: "versions-of-no-bucket")
    static let uploadOfNoBucket = Self(rawValue: "upload-of-no-bucket")
    static let uploadUnreadable = Self(rawValue: "upload-unreadable")
    static let uploadUnfinished = Self(rawValue: "upload-unfinished")
    static let partUnreadable = Self(rawValue: "part-unreadable")

    // Of the root.
    static let sidecarOrphaned = Self(rawValue: "sidecar-orphaned")
    static let debris = Self(rawValue: "debris")
    static let unfinished = Self(rawValue: "unfinished-changes")
    static let lostFile = Self(rawValue: "lost-file")
    static let indexMissing = Self(rawValue: "index-missing")
    static let indexDamaged = Self(rawValue: "index-damaged")
    static let indexOfAnotherTime = Self(rawValue: "index-of-another-time")
    static let indexIncomplete = Self(rawValue: "index-incomplete")
}
