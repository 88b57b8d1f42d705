import Glibc
import S3Protocol

/// The files and directories of buckets.
///
/// All of it blocks; changes need the bucket's lock.
struct BucketFiles: Sendable {
    private static let path = ".larder/buckets"
    private static let suffix = ".json"
    private static let longest = 16 << 20

    let root: StorageRoot

    /// All buckets there are; a directory that went is made again.
    func load() throws -> [Bucket] {
        let settings = try root.directory.openExisting(Self.path, O_RDONLY | O_DIRECTORY)
        let buckets = try settings.entries().compactMap { try bucket($0, settings) }
        for bucket in buckets { _ = try makeDirectory(bucket.name) }
        return buckets
    }

    /// All buckets whose settings can be read, and why those of the others cannot; makes nothing.
    func survey() throws -> (buckets: [Bucket], unreadable: [(name: BucketName, reason: String)]) {
        let settings = try root.directory.openExisting(Self.path, O_RDONLY | O_DIRECTORY)
        var buckets: [Bucket] = []
        var unreadable: [(BucketName, String)] = []
        for entry in try settings.entries() {
            guard let name = Self.bucketName(entry) else { continue }
            do {
                if let found = try bucket(entry, settings) { buckets.append(found) }
            } catch {
                unreadable.append((name, "\(error)"))
            }
        }
        return (buckets.sorted { $0.name < $1.name }, unreadable)
    }

    /// The bucket whose settings stand in a file of this name.
    private static func bucketName(_ entry: DirectoryEntry) -> BucketName? {
        guard let file = entry.name, entry.bytes.reversed().starts(with: suffix.utf8.reversed()),
            entry.bytes.first != UInt8(ascii: ".")
        else { return nil }
        return try? BucketName(String(Substring(file.utf8.dropLast(suffix.utf8.count))))
    }

    private func bucket(_ entry: DirectoryEntry, _ settings: FileDescriptor) throws -> Bucket? {
        guard let name = Self.bucketName(entry), let file = entry.name, let found = try settings.open(file) else {
            return nil
        }
        return try BucketDocument.decode(found.readAll(limit: Self.longest), name: name)
    }

    /// Makes a bucket's directory durably; returns whether it was there, with whatever is in it.
    func makeDirectory(_ name: BucketName) throws -> Bool {
        let buckets = try root.directory.openExisting("buckets", O_RDONLY | O_DIRECTORY)
        let isNew = try buckets.makeDirectory(name.string, mode: 0o755)
        if !isNew, try buckets.openDirectory(name.string) == nil {
            throw StorageError(.failed, "buckets/\(name) is not a directory of this file system; remove it")
        }
        try root.syncPublished(buckets, "the directory buckets")
        return !isNew
    }

    /// Writes a bucket's settings as a whole.
    func write(_ bucket: Bucket) throws {
        let settings = try root.directory.openExisting(Self.path, O_RDONLY | O_DIRECTORY)
        try settings.replaceFile(bucket.name.string + Self.suffix, with: BucketDocument(bucket).encoded())
        try root.syncPublished(settings, "the buckets' settings")
    }

    /// Removes an empty bucket: first what makes it one, then its directories; `onRemoval` is called in between.
    ///
    /// Directories that cannot be removed are left: they are no bucket any more.
    ///
    /// - Throws: `BucketNotEmpty`; nothing but empty directories is ever removed.
    func remove(_ bucket: Bucket, onRemoval: () -> Void) throws {
        let directories = [
            KeyPlace.bucketDirectory(bucket.name), KeyPlace.escapedDirectory(bucket.id),
            KeyPlace.versionsDirectory(bucket.id),
        ]
        for path in directories {
            guard let directory = try root.directory.openDirectory(path) else { continue }
            guard try holdsNothing(directory) else {
                throw S3Error.bucketNotEmpty(bucket.name, isVersioned: bucket.settings.versioning != nil)
            }
        }
        let settings = try root.directory.openExisting(Self.path, O_RDONLY | O_DIRECTORY)
        try settings.unlink(bucket.name.string + Self.suffix)
        onRemoval()
        try root.syncPublished(settings, "the buckets' settings")
        for path in directories { try? removeEmptyDirectories(path) }
    }

    /// Removes what buckets that are gone have left of directories below `escaped` and `versions`.
    func removeLeftovers(of buckets: [Bucket]) throws {
        let ids = Set(buckets.map(\.id))
        for path in [".larder/escaped", ".larder/versions"] {
            for entry in try root.directory.openDirectory(path)?.entries() ?? [] {
                guard let id = entry.name, !ids.contains(id) else { continue }
                try removeEmptyDirectories("\(path)/\(id)")
            }
        }
    }

    private func holdsNothing(_ directory: FileDescriptor) throws -> Bool {
        var inner: [String] = []
        // Up to the first that is no directory: a bucket that is refused may hold millions.
        let areDirectories = try directory.forEachEntry { entry in
            guard entry.kind == .directory, let name = entry.name else { return false }
            inner.append(name)
            return true
        }
        guard areDirectories else { return false }
        return try inner.allSatisfy { name in
            guard let found = try directory.openDirectory(name) else { return false }
            return try holdsNothing(found)
        }
    }

    private func removeEmptyDirectories(_ path: String) throws {
        guard let directory = try root.directory.openDirectory(path) else { return }
        for entry in try directory.entries() {
            guard entry.kind == .directory, let name = entry.name else { continue }
            try removeEmptyDirectories("\(path)/\(name)")
        }
        let names = path.pathSegments
        let parent = try root.directory.openExisting(names.dropLast().joined(separator: "/"), O_RDONLY | O_DIRECTORY)
        root.synced.remove(path)
        parent.removeDirectory(names[names.count - 1])
    }
}
