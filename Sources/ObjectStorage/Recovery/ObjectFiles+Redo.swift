import Glibc
import S3Protocol

extension ObjectFiles {
    /// Writes an object from its line, unless what lies in its place is newer or was put there by hand; returns its record.
    @discardableResult
    func redo(_ object: LoggedObject, _ target: Target) throws -> ObjectRecord {
        guard let place = target.natural, let record = try RecordDocument.decode(object.attribute)?.record else {
            throw StorageError(.failed, "its record cannot be read by this Larder")
        }
        var found = try lookPlainly(at: place)
        if let there = found {
            switch object.verdict(on: there.attribute, there.facts, record) {
            case .leave: return record
            case .replace: break
            case .setAside:
                try setAside(there, target, because: "a file is back that was gone, as after a power cut")
                found = nil
            }
        }
        do {
            try write(object, record, at: place, over: found, target)
        } catch let error as StorageError where error.code == .noSpace {
            // As after a kill: what is there is right. So a server starts on a full disk.
            guard let found, object.isContent(of: found) else { throw error }
            if root.replacesInPlace { try rewrite(object, record, over: found) }
        }
        return record
    }

    /// Writes the same bytes to the same blocks, which needs no space: after a sync that failed they may be in memory only.
    private func rewrite(_ object: LoggedObject, _ record: ObjectRecord, over found: FoundFile) throws {
        let file = try root.directory.openExisting(found.place.path, O_WRONLY | O_NONBLOCK)
        let written = Result { try object.content.withUnsafeBytes { try file.write($0, at: 0) } }
        guard try found.attribute == object.attribute || file.setAttribute(RecordFiles.attribute, object.attribute)
        else { throw StorageError(.noSpace, "no space for the attribute", cause: ENOSPC) }
        // Last, and after a write that failed, too: this time is what shows that nobody has changed the file.
        try file.setModified(nanoseconds: record.modified.nanoseconds)
        do {
            try written.get()
        } catch let error as StorageError where error.code == .noSpace {
            // It shares its blocks with another file, and is whole as far as it shows.
        }
    }

    private func write(
        _ object: LoggedObject,
        _ record: ObjectRecord,
        at place: KeyPlace,
        over found: FoundFile?,
        _ target: Target
    ) throws {
        let file = try IncomingFile(in: root)
        try object.content.withUnsafeBytes { try file.descriptor.write($0, at: 0) }
        try file.descriptor.setModified(nanoseconds: record.modified.nanoseconds)
        guard try file.descriptor.setAttribute(RecordFiles.attribute, object.attribute) else {
            throw StorageError(.noSpace, "no space for the attribute", cause: ENOSPC)
        }
        if found == nil { try removeEmptyDirectory(at: place) }
        _ = try publish(file, as: target, over: found)
    }

    /// What lies at a place, with its attribute as it stands; nil for no file.
    private func lookPlainly(at place: KeyPlace) throws -> FoundFile? {
        guard let file = try root.directory.open(place.path, O_RDONLY | O_NONBLOCK) else { return nil }
        let facts = try file.facts()
        guard facts.kind == .file else { return nil }
        var found = FoundFile(place: place, descriptor: file, facts: facts, reading: .none, record: nil)
        // One that cannot be read is no better than none.
        found.attribute = try? records.attribute(of: file)
        return found
    }

    /// A directory that was empty when it was removed may be back.
    private func removeEmptyDirectory(at place: KeyPlace) throws {
        guard let parent = try root.directory.openDirectory(place.directory) else { return }
        root.synced.remove(place.path)
        _ = root.changing(place.name, in: place.directory) { parent.removeDirectory(place.name) }
    }
}

extension LoggedObject {
    /// What is to be done with a file that lies where the object belongs.
    enum Verdict {
        /// It is the object, as far as it shows: it gets a new file, since only that is sure to reach the disk.
        case replace
        /// It was there before the object was, and gone: a power cut has brought it back.
        case setAside
        /// It is newer, or somebody has put it there.
        case leave
    }

    /// Judges a file by its attribute and its times (`storage/README.md`, "Small new objects").
    func verdict(on found: [UInt8]?, _ facts: FileFacts, _ record: ObjectRecord) -> Verdict {
        let isOfItsTime = facts.modified == record.modified.nanoseconds
        if found == attribute { return isOfItsTime ? .replace : .leave }
        guard let found else { return isOfItsTime ? .replace : staleness(of: facts, record) }
        let document: RecordDocument?
        // One of a newer Larder is not touched.
        do { document = try RecordDocument.decode(found) } catch { return .leave }
        // Without a journal, a power cut can leave a file's own time beside the attribute of a file that was before it.
        guard let document, document.isOf(record) else {
            return isOfItsTime ? .setAside : staleness(of: facts, record)
        }
        return document.seq < record.sequence ? .setAside : .leave
    }

    /// Whether a file holds the object's bytes; one that cannot be read does not.
    fileprivate func isContent(of found: FoundFile) -> Bool {
        guard found.facts.size == Int64(content.count) else { return false }
        return (try? found.descriptor.readAll(limit: content.count)) == content
    }

    /// There was nothing when the object was written: what was not touched since was there before.
    private func staleness(of facts: FileFacts, _ record: ObjectRecord) -> Verdict {
        facts.statusChanged < record.modified.nanoseconds ? .setAside : .leave
    }
}

extension RecordDocument {
    /// Whether it is a record of the same key, whole or with the rest of it in a sidecar.
    fileprivate func isOf(_ record: ObjectRecord) -> Bool {
        guard bucket == record.bucketID else { return false }
        if let key { return ByteText.equal(key, record.key.string) }
        return kh == SidecarName.keyDigest(record.key)
    }
}
