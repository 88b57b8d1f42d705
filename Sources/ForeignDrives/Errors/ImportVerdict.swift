/// Whether a version of an object can be taken over, and at what price.
package enum ImportVerdict: Hashable, Sendable {
    /// With everything that the source knows of it.
    case importable
    /// Without what the losses name; the bytes are whole.
    case importableWithLoss([ImportLoss])
    /// Not at all, for this reason.
    case notImportable(ForeignDriveError)

    /// `importable` when nothing is lost.
    init(losses: [ImportLoss]) {
        self = losses.isEmpty ? .importable : .importableWithLoss(losses)
    }

    /// Whether the version may be written, with or without loss.
    package var isImportable: Bool {
        if case .notImportable = self { false } else { true }
    }

    /// What is lost; nothing of a version that cannot be imported.
    package var losses: [ImportLoss] {
        if case .importableWithLoss(let losses) = self { losses } else { [] }
    }

    /// Why the version cannot be imported.
    package var refusal: ForeignDriveError? {
        if case .notImportable(let error) = self { error } else { nil }
    }
}

/// One thing that an import leaves behind, for the report.
package struct ImportLoss: Hashable, Sendable {
    /// What is left behind, in one word such as `tags` or `storage-class`.
    package let subject: String
    /// Why, for the operator.
    package let message: String

    /// A loss of this subject and reason.
    package init(_ subject: String, _ message: String) {
        self.subject = subject
        self.message = message
    }
}
