import Logging
import S3Protocol

// Rows 13 to 16 of the crash table in `storage/README.md`, in the order in which they have to be looked at.
extension ObjectFiles {
    /// Makes the versions of a key and its current file agree.
    ///
    /// `wasTorn` says that there was a current file, which a power cut has left useless.
    func reconcileVersions(
        _ target: Target,
        _ current: FoundFile?,
        wasTorn: Bool,
        _ next: NextVersion
    ) throws {
        try setTornVersionsAside(target)
        let current = try settleTwins(target, current)
        guard let found = try newestVersion(of: target), let newest = found.record else { return }
        guard let current, let record = current.record else {
            guard !newest.isDeleteMarker else { return }
            guard wasTorn else { return try markRemoval(target, after: newest, next) }
            try promote(found, newest, target, over: nil)
            return
        }
        guard newest.sequence > record.sequence else { return }
        if newest.isDeleteMarker {
            // A versioned delete that did not come to its end.
            try keep(current, record, target)
            try remove(current, target.durability)
            try? root.removeEmptyDirectories(from: current.place.directory)
        } else {
            // An older file was put back by hand: it is a write like any other.
            let (sequence, version) = next(newest.sequence)
            try adopt(current, target, sequence: sequence, version: version)
        }
    }

    private func setTornVersionsAside(_ target: Target) throws {
        for id in try versionIDs(of: target) {
            guard let found = try version(id, of: target), found.isTorn(target) else { continue }
            try setAside(found, target, because: FoundFile.whyTorn)
        }
    }

    /// A noncurrent version with the current one's id: the later write stays; returns what is current then.
    private func settleTwins(_ target: Target, _ current: FoundFile?) throws -> FoundFile? {
        guard let current, let record = current.record, let twin = try version(record.version, of: target) else {
            return current
        }
        guard let other = twin.record, other.sequence > record.sequence else {
            try removeVersions([record.version], of: target)
            if twin.sidecar != current.sidecar { discardSidecar(of: twin, target) }
            return current
        }
        guard !other.isDeleteMarker else {
            try remove(current, target.durability)
            discardSidecar(of: current, target)
            try? root.removeEmptyDirectories(from: current.place.directory)
            return nil
        }
        try promote(twin, other, target, over: current)
        discardSidecar(of: current, target)
        return try findBoth(target).current
    }

    /// The current file was removed by hand: a delete marker says so.
    private func markRemoval(_ target: Target, after newest: ObjectRecord, _ next: NextVersion) throws {
        log.notice(
            "the file of a versioned object was removed by hand; a delete marker is written",
            metadata: ["bucket": "\(target.bucket)", "key": "\(target.key)"]
        )
        let (sequence, version) = next(newest.sequence)
        let file = try IncomingFile(in: root)
        var record = ObjectRecord(
            key: target.key,
            bucketID: target.bucketID,
            sequence: sequence,
            version: version,
            size: 0,
            modified: Timestamp(nanoseconds: try file.descriptor.facts().modified),
            etag: ETag(""),
            checksums: [],
            attributes: ObjectAttributes()
        )
        record.isDeleteMarker = true
        let replaced = version == .null ? try self.version(.null, of: target) : nil
        let sidecar = try records.write(record, to: file.descriptor, target.durability)
        defer { if let sidecar { records.registry.unregister(sidecar) } }
        try root.sync(file.descriptor, "a delete marker", target.durability)
        let directory = try versionDirectory(of: target)
        try link(file, as: version, in: directory)
        try sync(directory, target)
        discardSidecar(of: replaced, target)
    }
}
