/// What a walk through one bucket of a drive found, in numbers.
package struct MinIOSurvey: Hashable, Sendable {
    /// Keys with an `xl.meta`, readable or not.
    package var keys = 0
    /// Versions that can be imported, delete markers included.
    package var importable = 0
    /// Those of them that lose something.
    package var withLoss = 0
    /// Delete markers among the importable versions.
    package var deleteMarkers = 0
    /// Versions that cannot be imported.
    package var refused = 0
    /// Keys of which nothing is known since their `xl.meta` cannot be read.
    package var refusedKeys = 0
    /// Keys whose newest version cannot be imported, refused keys included.
    package var latestMissing = 0
    /// Keys that lie below another object.
    package var nestedKeys = 0
    /// The bytes of the importable versions.
    package var bytes: Int64 = 0
    /// What is left lying about.
    package var debris = MinIODebris()

    mutating func count(_ object: MinIOObject) {
        keys += 1
        if object.refusal != nil { refusedKeys += 1 }
        if object.isLatestMissing { latestMissing += 1 }
        if object.objectAbove != nil { nestedKeys += 1 }
        for version in object.versions { count(version) }
    }

    private mutating func count(_ version: MinIOVersion) {
        guard version.verdict.isImportable else {
            refused += 1
            return
        }
        importable += 1
        if !version.verdict.losses.isEmpty { withLoss += 1 }
        switch version.content {
        case .object(let content): bytes = bytes.addingSaturated(content.size)
        case .deleteMarker: deleteMarkers += 1
        case .unreadable: break
        }
    }
}

/// What lies on a drive and belongs to no version.
package struct MinIODebris: Hashable, Sendable {
    /// How many examples are kept.
    package static let mostExamples = 100

    /// Data folders that no version names: what interrupted deletes leave.
    package var unreferencedFolders = 0
    /// The bytes in them.
    package var unreferencedBytes: Int64 = 0
    /// The bytes in data folders beside an `xl.meta` that cannot be read in full: perhaps data, perhaps debris.
    package var undecidedBytes: Int64 = 0
    /// Files that are no part and no metadata.
    package var unknownFiles = 0
    /// Folders with nothing in them.
    package var emptyFolders = 0
    /// Symbolic links and special files, which are never followed.
    package var links = 0
    /// Inline values under the name of no version.
    package var unclaimedInlineValues = 0
    /// Folders that the file system refused to list.
    package var unreadableFolders = 0
    /// The first places of any of these.
    package var examples: [String] = []

    mutating func note(_ place: DrivePath, _ what: String) {
        guard examples.count < Self.mostExamples else { return }
        examples.append("\(place): \(what)")
    }
}

extension Int64 {
    /// The sum, or the greatest number there is.
    func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max : sum
    }
}
