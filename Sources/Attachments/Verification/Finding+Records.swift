import ObjectStorage

extension Finding.Code {
    // Of the file.
    static let recordsMissing = Self(rawValue: "records-missing")
    static let recordsDamaged = Self(rawValue: "records-damaged")
    static let recordsNewer = Self(rawValue: "records-newer")

    // Of an attachment.
    static let attachmentUnreadable = Self(rawValue: "attachment-unreadable")
    static let originalMissing = Self(rawValue: "original-missing")
    static let originalDiffers = Self(rawValue: "original-differs")
    static let styleMissing = Self(rawValue: "style-missing")
    static let styleDiffers = Self(rawValue: "style-differs")
    static let jobMissing = Self(rawValue: "job-missing")
    static let jobOfDeleted = Self(rawValue: "job-of-deleted-attachment")
    static let deletionUnfinished = Self(rawValue: "deletion-unfinished")

    // Of making styles anew.
    static let styleChange = Self(rawValue: "style-change")
    static let notStyled = Self(rawValue: "not-styled")

    // Of what no attachment knows.
    static let jobOfNoAttachment = Self(rawValue: "job-of-no-attachment")
    static let styleOfNoAttachment = Self(rawValue: "style-of-no-attachment")
    static let styleUnknown = Self(rawValue: "style-unknown")
    static let authorizationExpired = Self(rawValue: "authorization-expired")
}
