import Glibc
import Logging
import S3Protocol

/// The files of objects: finding, publishing, removing.
///
/// All of it blocks; changes need the key's lock.
struct ObjectFiles: Sendable {
    let root: StorageRoot
    let records: RecordFiles
    let log: Logger
    /// Buckets with escaped files.
    let escapedBuckets: BucketDirectories
    /// Buckets with noncurrent versions or delete markers.
    let versionedBuckets: BucketDirectories

    init(root: StorageRoot, records: RecordFiles, log: Logger) {
        self.root = root
        self.records = records
        self.log = log
        escapedBuckets = BucketDirectories(root: root, path: KeyPlace.escapedDirectory)
        versionedBuckets = BucketDirectories(root: root, path: KeyPlace.versionsDirectory)
    }

    // MARK: Finding

    /// The file to read: natural, else escaped.
    func find(_ target: Target) throws -> FoundFile? {
        if let natural = target.natural, let found = try look(at: natural, target) { return found }
        return try lookAtEscaped(target)
    }

    /// What is at both places.
    func findBoth(_ target: Target) throws -> FoundFiles {
        FoundFiles(
            natural: try target.natural.flatMap { try look(at: $0, target) },
            escaped: try lookAtEscaped(target)
        )
    }

    private func lookAtEscaped(_ target: Target) throws -> FoundFile? {
        guard try escapedBuckets.contains(target.bucketID) else { return nil }
        return try look(at: target.escaped, target)
    }

    /// Whether something is at the escaped place.
    func hasEscaped(_ target: Target) throws -> Bool {
        guard try escapedBuckets.contains(target.bucketID) else { return false }
        return try root.directory.facts(ofPath: target.escaped.path) != nil
    }

    /// What is at one place.
    func look(at place: KeyPlace, _ target: Target) throws -> FoundFile? {
        // Without O_NONBLOCK, opening a pipe that somebody put there would wait for its other end.
        guard let file = try root.directory.open(place.path, O_RDONLY | O_NONBLOCK) else { return nil }
        let facts = try file.facts()
        guard facts.kind == .file else { return nil }
        var isFirstSeen = false
        let attribute = try records.attribute(of: file)
        let reading = try records.read(attribute, isFirstSeen: &isFirstSeen)
        let record = Self.fitting(reading, facts, target, place)
        return FoundFile(
            place: place,
            descriptor: file,
            facts: facts,
            reading: reading,
            record: record,
            attribute: attribute,
            isFirstSeen: isFirstSeen
        )
    }

    private static func fitting(
        _ reading: RecordFiles.Reading,
        _ facts: FileFacts,
        _ target: Target,
        _ place: KeyPlace
    ) -> ObjectRecord? {
        guard case .record(let record, _) = reading, record.key == target.key, record.bucketID == target.bucketID,
            record.size == facts.size, record.modified.nanoseconds == facts.modified
        else { return nil }
        // The name of a version is its id; a delete marker is never current.
        guard place.kind == .version ? record.version.text == place.name : !record.isDeleteMarker else { return nil }
        return record
    }

    // MARK: Publishing

    static let tries = 16

    /// Publishes a finished and synced file as the current version and syncs what changed; returns its place.
    ///
    /// `onPublished` is called once the file has its name, before the syncs, which can fail.
    func publish(
        _ file: IncomingFile,
        as target: Target,
        over current: FoundFile?,
        onPublished: () -> Void = {}
    ) throws -> KeyPlace {
        let preferred = current?.place ?? target.natural ?? target.escaped
        if preferred.kind == .escaped { escapedBuckets.insert(target.bucketID) }
        if try publish(file, at: preferred, target.durability, isReplacing: current != nil, onPublished) {
            return preferred
        }
        let escaped = target.escaped
        escapedBuckets.insert(target.bucketID)
        guard preferred != escaped, try publish(file, at: escaped, target.durability, isReplacing: false, onPublished)
        else {
            throw StorageError(.failed, "cannot publish at \(escaped.path): something else is in the way; remove it")
        }
        return escaped
    }

    /// Publishes a finished and synced file of a key that has no files but the natural one, without a look at what is
    /// there, as most keys are new; false, with nothing done, when something has the name or is in the way.
    func publishIfNew(_ file: IncomingFile, as target: Target, onPublished: () -> Void) throws -> Bool {
        guard let place = target.natural, let directory = try root.directory.openDirectory(place.directory)
        else { return false }
        let branch = try root.branch(directory, at: place.directory, target.durability)
        do {
            let isNew = try root.changing(place.name, in: place.directory) {
                try file.linkIfFree(to: directory, place.name)
            }
            guard isNew else { return false }
        } catch let error as StorageError {
            guard let cause = error.cause, Self.sendsElsewhere(cause) else { throw error }
            return false
        }
        onPublished()
        try root.sync(branch, target.durability)
        return true
    }

    /// Whether an error of giving a file its name says that there is another way: another place, or parents to be made.
    static func sendsElsewhere(_ cause: CInt) -> Bool { obstructions.contains(cause) || cause == ENOENT }

    /// What says that a name cannot be used, whatever it is for.
    private static let obstructions: Set<CInt> = [EISDIR, ENOTDIR, ELOOP, EXDEV, EILSEQ, ENAMETOOLONG]

    /// False when something that is not a file of ours is in the way.
    private func publish(
        _ file: IncomingFile,
        at place: KeyPlace,
        _ durability: Durability,
        isReplacing: Bool,
        _ onPublished: () -> Void
    ) throws -> Bool {
        for tries in 0..<Self.tries {
            switch try root.openMakingParents(place.directory) {
            case .obstructed: return false
            case .vanished: continue
            case .opened(let directory):
                let branch = try root.branch(directory, at: place.directory, durability)
                switch try link(
                    file,
                    directory,
                    place.name,
                    in: place.directory,
                    isReplacing: isReplacing && tries == 0
                ) {
                case .published:
                    onPublished()
                    try root.sync(branch, durability)
                    return true
                case .obstructed: return false
                case .vanished: continue
                }
            }
        }
        throw StorageError(.busy, "the directory of the key is made and removed again and again")
    }

    private enum LinkOutcome {
        case published
        case obstructed
        case vanished
    }

    private func link(
        _ file: IncomingFile,
        _ directory: FileDescriptor,
        _ name: String,
        in path: String,
        isReplacing: Bool
    ) throws -> LinkOutcome {
        do {
            // Most names are new, and then one call does it.
            if !isReplacing, try root.changing(name, in: path, { try file.linkIfFree(to: directory, name) }) {
                return .published
            }
            guard let found = try directory.facts(ofName: name) else { return .vanished }
            guard found.kind == .file else { return .obstructed }
            _ = try root.changing(name, in: path) {
                try file.replace(in: directory, name)
                return true
            }
            return .published
        } catch let error as StorageError {
            switch error.cause {
            case ENOENT: return .vanished
            case let cause? where Self.obstructions.contains(cause): return .obstructed
            default: throw error
            }
        }
    }

    // MARK: Removing

    /// Removes a file and syncs its directory.
    func remove(_ file: FoundFile, _ durability: Durability) throws {
        guard let directory = try root.directory.openDirectory(file.place.directory) else { return }
        try remove(file, from: directory, durability)
    }

    /// Removes a file from its directory, which is open, and syncs that.
    func remove(_ file: FoundFile, from directory: FileDescriptor, _ durability: Durability) throws {
        _ = try root.changing(file.place.name, in: file.place.directory) { try directory.unlink(file.place.name) }
        records.forget(file.attribute)
        // Without the ancestors: one that is made again meanwhile must not be taken for synced.
        try root.syncChanged(directory, at: file.place.directory, durability)
    }

    /// Removes a file that lost against another of its key; false when its sidecar is left.
    @discardableResult
    func removeLoser(_ files: FoundFiles, _ target: Target) throws -> Bool {
        guard let loser = files.loser else { return true }
        try remove(loser, target.durability)
        // A copy of the winner names the winner's sidecar.
        let isTidy = loser.sidecar == files.current?.sidecar || discardSidecar(of: loser, target)
        try? root.removeEmptyDirectories(from: loser.place.directory)
        return isTidy
    }

    /// Removes the sidecar of a file that is gone, unless it is another key's: a copied file names that.
    ///
    /// - Returns: false when it is left, and the key has to be reconciled.
    @discardableResult
    func discardSidecar(of file: FoundFile?, _ target: Target) -> Bool {
        guard let name = file?.sidecar, name.isOwned(byBucket: target.bucketID, key: target.key) else { return true }
        return records.discard(name)
    }
}
