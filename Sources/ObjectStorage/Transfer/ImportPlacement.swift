import S3Protocol

/// The versions of one key that are taken over together, oldest first.
struct ImportSeries: Sendable {
    let versions: [ImportedVersion]
    private let places: [VersionID: Int]

    init(_ versions: [ImportedVersion]) {
        self.versions = versions
        places = Dictionary(versions.enumerated().map { ($1.version, $0) }) { first, _ in first }
    }

    /// The place of the version that a record is of; nil when it is none of these.
    func place(of record: ObjectRecord) -> Int? {
        guard let place = places[record.version] else { return nil }
        // The same id is no proof where every bucket has it.
        return record.version != .null || versions[place].isSame(as: record) ? place : nil
    }
}

/// Where a version of another system goes among those that its key has here.
enum ImportPlacement: Equatable {
    /// It is here already.
    case present
    /// Before all others: it becomes the current one.
    case newest
    /// Right before the write of this sequence, which is that of a version which is here.
    case before(Int64)
    /// Nowhere, for this reason.
    case refused(String)

    /// Decides for the version at `place`; `known` are the key's versions here.
    ///
    /// Those of the series keep its order; a version of a client's own, which came after an import that was cut off, is
    /// newer if its time is.
    init(of place: Int, in series: ImportSeries, among known: [ObjectRecord], keepsVersions: Bool) {
        let version = series.versions[place]
        let namesakes = known.filter { $0.version == version.version }
        guard !namesakes.contains(where: { version.isSame(as: $0) }) else {
            self = .present
            return
        }
        guard keepsVersions || (version.version == .null && version.content != nil) else {
            self = .refused("the bucket keeps no versions; enable its versioning and import again")
            return
        }
        let newer = known.filter { record in
            series.place(of: record).map { $0 > place } ?? (record.modified > version.modified)
        }
        guard let next = newer.map(\.sequence).min() else {
            // A write of `null` replaces the `null` before it, wherever the write comes from.
            self = namesakes.isEmpty || version.version == .null ? .newest : Self.taken
            return
        }
        self = keepsVersions ? Self.place(before: next, known, isTaken: !namesakes.isEmpty) : Self.outdated
    }

    private static func place(before next: Int64, _ known: [ObjectRecord], isTaken: Bool) -> ImportPlacement {
        guard !isTaken else { return taken }
        let last = known.map(\.sequence).filter { $0 < next }.max() ?? 0
        return next - 1 > last ? .before(next) : .refused("there is no place for it between two other versions")
    }

    private static let taken = ImportPlacement.refused("another version of this id is here, and stays")
    private static let outdated = ImportPlacement.refused("a newer object of this key is here, and stays")
}

extension ImportedVersion {
    /// Whether this version is the recorded one: same id, size and tag; without a tag, the same time.
    func isSame(as record: ObjectRecord) -> Bool {
        guard version == record.version else { return false }
        guard let content else { return record.isDeleteMarker }
        guard !record.isDeleteMarker, content.size == record.size else { return false }
        return content.etag.map { ByteText.equal($0.text, record.etag.text) } ?? (modified == record.modified)
    }
}
