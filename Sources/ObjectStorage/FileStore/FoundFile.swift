import S3Protocol

/// A file found at a place of a key.
struct FoundFile: Sendable {
    /// Where.
    let place: KeyPlace
    /// The file, open for reading.
    let descriptor: FileDescriptor
    /// What it is.
    let facts: FileFacts
    /// What it says of itself.
    let reading: RecordFiles.Reading
    /// Its record if that is of this file at this place, nil when the file was put, copied or changed by hand.
    let record: ObjectRecord?
    /// The attribute that carries the record.
    var attribute: [UInt8]?
    /// Whether its record was not seen lately.
    var isFirstSeen = false

    /// The sidecar that it names, there or not.
    var sidecar: SidecarName? {
        switch reading {
        case .none: nil
        case .record(_, let sidecar): sidecar
        case .missingSidecar(let name): name
        }
    }

    /// Whether it is shorter than its record says, and otherwise as written.
    ///
    /// A power cut leaves that of a write that nobody synced (`Durability.relaxed`). By hand a file is not cut without
    /// its time changing.
    func isTorn(_ target: ObjectFiles.Target) -> Bool { sizeBeforeTear(target) != nil }

    /// What a torn file is said to be.
    static let whyTorn = "a file is shorter than it was written, as after a power cut"

    /// The bytes that a torn file was written with; nil for one that is not torn.
    func sizeBeforeTear(_ target: ObjectFiles.Target) -> Int64? {
        guard record == nil, let (size, modified) = written(target) else { return nil }
        return modified == facts.modified && size > facts.size ? size : nil
    }

    /// How it was written, as far as its own attribute tells: the same power cut may have taken its sidecar.
    private func written(_ target: ObjectFiles.Target) -> (size: Int64, modified: Int64)? {
        switch reading {
        case .record(let record, _) where record.key == target.key && record.bucketID == target.bucketID:
            return (record.size, record.modified.nanoseconds)
        case .missingSidecar(let name) where name.isOwned(byBucket: target.bucketID, key: target.key):
            guard let attribute, let document = try? RecordDocument.decode(attribute), let size = document.size,
                let modified = document.mtime
            else { return nil }
            return (size, modified)
        default: return nil
        }
    }

    /// Its rank among two files of one key: the later write wins, and what was put there by hand is the latest.
    var rank: Int64 { record?.sequence ?? .max }
}

/// Both files that a key can have.
struct FoundFiles: Sendable {
    /// The current version, nil when there is none.
    let current: FoundFile?
    /// The one that loses against `current`.
    let loser: FoundFile?

    init(natural: FoundFile?, escaped: FoundFile?) {
        guard let natural, let escaped else {
            (current, loser) = (natural ?? escaped, nil)
            return
        }
        (current, loser) = natural.rank >= escaped.rank ? (natural, escaped) : (escaped, natural)
    }

    /// The highest sequence among them.
    var lastSequence: Int64 { max(current?.record?.sequence ?? 0, loser?.record?.sequence ?? 0) }
}
