import Glibc
import S3Protocol

// Noncurrent versions and delete markers: `versions/<bucket id>/<2 hex>/<sha256 of key>/<version id>`.
extension ObjectFiles {
    /// The record of a noncurrent version or a delete marker, without its file: a key may have very many.
    struct VersionRecord: Sendable {
        let record: ObjectRecord
        let sidecar: SidecarName?
    }

    /// All noncurrent versions and delete markers of a key, the newest first, and the sidecars that any file among them
    /// names, also one that is no version of the key.
    ///
    /// Costs a look at each, one after the other.
    func versions(of target: Target) throws -> (records: [VersionRecord], named: Set<SidecarName>) {
        var (records, named): ([VersionRecord], Set<SidecarName>) = ([], [])
        for id in try versionIDs(of: target) {
            guard let found = try version(id, of: target) else { continue }
            if let sidecar = found.sidecar { named.insert(sidecar) }
            if let record = found.record { records.append(VersionRecord(record: record, sidecar: found.sidecar)) }
        }
        return (records.sorted { $0.record.sequence > $1.record.sequence }, named)
    }

    /// The noncurrent version or delete marker of this id.
    func version(_ id: VersionID, of target: Target) throws -> FoundFile? {
        guard try versionedBuckets.contains(target.bucketID) else { return nil }
        return try look(at: .version(id, of: target.key, bucketID: target.bucketID), target)
    }

    /// The newest of a key's noncurrent versions and delete markers, but for one.
    ///
    /// Most ids tell the order (`VersionID.make`), so that one file is opened, however many there are.
    func newestVersion(of target: Target, except excluded: VersionID? = nil) throws -> FoundFile? {
        var (telling, others): ([VersionID], [FoundFile]) = ([], [])
        for id in try versionIDs(of: target) where id != excluded {
            guard id.sequence == nil else {
                telling.append(id)
                continue
            }
            if let found = try version(id, of: target), found.record != nil { others.append(found) }
        }
        let best = others.max { $0.rank < $1.rank }
        for id in telling.sorted(by: { ($0.sequence ?? 0) > ($1.sequence ?? 0) }) {
            guard let found = try version(id, of: target), found.record != nil else { continue }
            return best.map { $0.rank > found.rank ? $0 : found } ?? found
        }
        return best
    }

    /// The ids by which files lie among a key's versions.
    func versionIDs(of target: Target) throws -> [VersionID] {
        guard try versionedBuckets.contains(target.bucketID) else { return [] }
        let path = KeyPlace.versions(of: target.key, bucketID: target.bucketID)
        let entries = try root.directory.openDirectory(path)?.entries() ?? []
        return entries.compactMap { entry in entry.name.flatMap { try? VersionID($0) } }
    }
}

// Changes among the versions.
extension ObjectFiles {
    /// An open directory of a key's versions, made if it is missing, and what has to be synced with it.
    struct VersionDirectory {
        let descriptor: FileDescriptor
        let path: String
        fileprivate let branch: StorageRoot.Branch
    }

    /// Opens the directory of a key's versions for a change.
    func versionDirectory(of target: Target) throws -> VersionDirectory {
        let path = KeyPlace.versions(of: target.key, bucketID: target.bucketID)
        versionedBuckets.insert(target.bucketID)
        for _ in 0..<Self.tries {
            switch try root.openMakingParents(path) {
            case .vanished: continue
            case .obstructed:
                throw StorageError(.failed, "cannot make \(path): something else is in the way; remove it")
            case .opened(let directory):
                let branch = try root.branch(directory, at: path, target.durability)
                return VersionDirectory(descriptor: directory, path: path, branch: branch)
            }
        }
        throw StorageError(.busy, "the directory of the key's versions is made and removed again and again")
    }

    /// Gives a file the name of a version; what has that name goes.
    func link(_ file: IncomingFile, as id: VersionID, in directory: VersionDirectory) throws {
        guard try !file.linkIfFree(to: directory.descriptor, id.text) else { return }
        let there = try directory.descriptor.facts(ofName: id.text)
        guard try file.descriptor.facts().inode != there?.inode else { return }
        try file.replace(in: directory.descriptor, id.text)
    }

    /// Syncs a directory of versions after a change in it.
    func sync(_ directory: VersionDirectory, _ target: Target) throws {
        try root.sync(directory.branch, target.durability)
    }

    /// Keeps a current file as a noncurrent version, durably; it keeps its name too.
    func keep(_ current: FoundFile, _ record: ObjectRecord, _ target: Target) throws {
        let directory = try versionDirectory(of: target)
        try link(IncomingFile(linking: current.descriptor, in: root), as: record.version, in: directory)
        try sync(directory, target)
    }

    /// Removes noncurrent versions or delete markers durably; those that are not there are passed over.
    func removeVersions(_ ids: [VersionID], of target: Target) throws {
        guard !ids.isEmpty, try versionedBuckets.contains(target.bucketID) else { return }
        let path = KeyPlace.versions(of: target.key, bucketID: target.bucketID)
        guard let directory = try root.directory.openDirectory(path) else { return }
        var isChanged = false
        for id in ids where try directory.unlink(id.text) { isChanged = true }
        guard isChanged else { return }
        try root.syncPublished(directory, "the directory \(path)", target.durability)
        // A directory that stays does no harm.
        try? root.removeEmptyDirectories(from: path)
    }

    /// As `removeVersions` behind a change that shows already: false when something is left and the key has to be
    /// reconciled.
    func removeVersionsTolerantly(_ ids: [VersionID], of target: Target) -> Bool {
        do {
            try removeVersions(ids, of: target)
            return true
        } catch {
            return false
        }
    }

    /// Makes a version the current one, durably; its name among the versions goes last.
    ///
    /// - Returns: false when that name is left, and the key has to be reconciled.
    @discardableResult
    func promote(
        _ version: FoundFile,
        _ record: ObjectRecord,
        _ target: Target,
        over current: FoundFile?
    ) throws -> Bool {
        _ = try publish(IncomingFile(linking: version.descriptor, in: root), as: target, over: current)
        return removeVersionsTolerantly([record.version], of: target)
    }
}
