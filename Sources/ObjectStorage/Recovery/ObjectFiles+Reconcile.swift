import Glibc
import Logging
import S3Protocol

extension ObjectFiles {
    private static let longestHashed: Int64 = 64 << 20
    private static let hashTries = 3

    /// What the files of a key are once they agree.
    struct KeyState: Sendable {
        /// The record of the current version; nil when there is none.
        var current: ObjectRecord?
        /// Those of noncurrent versions and delete markers, the newest first.
        var versions: [ObjectRecord] = []

        /// The highest sequence among them.
        var lastSequence: Int64 { max(current?.sequence ?? 0, versions.first?.sequence ?? 0) }
    }

    /// Gives the sequence above the key's last, and the id of a version of it.
    typealias NextVersion = (_ last: Int64) -> (sequence: Int64, version: VersionID)

    /// Makes the places of a key agree and returns what they hold then.
    ///
    /// Needs the key's lock and an intent on disk. With `keepsVersions` a file that loses becomes a version.
    func reconcile(_ target: Target, keepsVersions: Bool, next: NextVersion) throws -> KeyState {
        var files = try findBoth(target)
        let isTorn = files.current?.isTorn(target) ?? false
        if isTorn, let current = files.current {
            try setAside(current, target, because: FoundFile.whyTorn)
            files = try findBoth(target)
        }
        if let current = files.current, current.record == nil {
            let (sequence, version) = next(files.lastSequence)
            try adopt(current, target, sequence: sequence, version: version)
            files = try findBoth(target)
        }
        if keepsVersions, let loser = files.loser, let record = loser.record,
            record.version != files.current?.record?.version
        {
            try keep(loser, record, target)
            try remove(loser, target.durability)
        } else {
            try removeLoser(files, target)
        }
        if try versionedBuckets.contains(target.bucketID) {
            try reconcileVersions(target, files.current, wasTorn: isTorn, next)
        }
        let (current, versions) = try (findBoth(target).current, self.versions(of: target))
        var named = versions.named
        if let sidecar = current?.sidecar { named.insert(sidecar) }
        try records.sweep(bucketID: target.bucketID, key: target.key, keeping: named)
        return KeyState(current: current?.record, versions: versions.records.map(\.record))
    }

    /// Moves what is left of a file out of the buckets: it is no object, and nobody was told that it is.
    func setAside(_ found: FoundFile, _ target: Target, because why: String) throws {
        log.error(
            "\(why); it is kept in .larder/lost",
            metadata: ["bucket": "\(target.bucket)", "key": "\(target.key)", "size": "\(found.facts.size)"]
        )
        let lost = try root.directory.openExisting(".larder/lost", O_RDONLY | O_DIRECTORY)
        guard let directory = try root.directory.openDirectory(found.place.directory) else { return }
        let name = "\(target.bucketID).\(SidecarName.keyDigest(target.key)).\(Nonce.make())"
        _ = try root.changing(found.place.name, in: found.place.directory) {
            try directory.rename(found.place.name, to: lost, name)
            return true
        }
        try root.syncPublished(lost, "the lost files", .strict)
        try root.syncPublished(directory, "the directory \(found.place.directory)", .strict)
    }

    /// Gives a file that was put or changed by hand a record of its own.
    ///
    /// - Throws: `StorageError.Code.busy` while somebody goes on writing to it.
    func adopt(_ found: FoundFile, _ target: Target, sequence: Int64, version: VersionID) throws {
        try root.checkWritable()
        report(found, target)
        guard found.facts.links <= 1, found.facts.owner == geteuid() else {
            return try adoptCopy(of: found, target, sequence, version)
        }
        for _ in 0..<Self.hashTries {
            let facts = try found.descriptor.facts()
            let record = try record(adopting: found, facts, target, sequence, version)
            guard try found.descriptor.facts() == facts else { continue }
            let sidecar: SidecarName?
            do {
                sidecar = try records.write(record, to: found.descriptor, target.durability)
            } catch let error as StorageError where error.cause == EACCES || error.cause == EPERM {
                return try adoptCopy(of: found, target, sequence, version)
            }
            defer { if let sidecar { records.registry.unregister(sidecar) } }
            try root.syncPublished(found.descriptor, "an adopted file", target.durability)
            discardSidecar(of: found, target)
            return
        }
        throw StorageError(.busy, "the file of the key is being written by another program")
    }

    private func report(_ found: FoundFile, _ target: Target) {
        let metadata: Logger.Metadata = ["bucket": "\(target.bucket)", "key": "\(target.key)"]
        guard case .missingSidecar = found.reading else {
            return log.notice("a file that was put or changed by hand is adopted", metadata: metadata)
        }
        log.error("the sidecar of a record is missing; the file is adopted without its metadata", metadata: metadata)
    }

    /// A file with further names, or of another user, may be changed through them: the key gets a file of its own.
    private func adoptCopy(
        of found: FoundFile,
        _ target: Target,
        _ sequence: Int64,
        _ version: VersionID
    ) throws {
        let copy = try IncomingFile(in: root)
        _ = try copy.descriptor.copyContent(of: found.descriptor, size: found.facts.size)
        try copy.descriptor.setModified(nanoseconds: found.facts.modified)
        let facts = try copy.descriptor.facts()
        guard try found.descriptor.facts() == found.facts else {
            throw StorageError(.busy, "the file of the key is being written by another program")
        }
        let source = FoundFile(
            place: found.place,
            descriptor: copy.descriptor,
            facts: facts,
            reading: found.reading,
            record: nil
        )
        let record = try record(adopting: source, facts, target, sequence, version)
        let sidecar = try records.write(record, to: copy.descriptor, target.durability)
        defer { if let sidecar { records.registry.unregister(sidecar) } }
        try root.sync(copy.descriptor, "an adopted file", target.durability)
        _ = try publish(copy, as: target, over: found)
    }

    private func record(
        adopting found: FoundFile,
        _ facts: FileFacts,
        _ target: Target,
        _ sequence: Int64,
        _ version: VersionID
    ) throws -> ObjectRecord {
        var attributes = ObjectAttributes()
        if case .record(let old, _) = found.reading {
            attributes = old.attributes
            // Copied content is not under the lock of what it was copied from.
            (attributes.retention, attributes.legalHold) = (nil, nil)
        }
        let (etag, checksums) = try digests(of: found.descriptor, facts)
        return ObjectRecord(
            key: target.key,
            bucketID: target.bucketID,
            sequence: sequence,
            version: version,
            size: facts.size,
            modified: Timestamp(nanoseconds: facts.modified),
            etag: etag,
            checksums: checksums,
            attributes: attributes
        )
    }

    private func digests(of file: FileDescriptor, _ facts: FileFacts) throws -> (ETag, [Checksum]) {
        // No read waits for a long hash: above the limit the tag only has to change whenever the file does.
        guard facts.size <= Self.longestHashed else {
            var summary = ContentDigests()
            withUnsafeBytes(of: (facts.size, facts.modified, facts.inode)) { summary.update($0) }
            return (ETag(Hex.encode(summary.finalize().md5) + "-1"), [])
        }
        var digests = ContentDigests()
        try file.forEachPiece(upTo: facts.size) { digests.update($0) }
        let result = digests.finalize()
        return (ETag(md5: result.md5), [result.checksum])
    }
}
