import ForeignDrives
import ObjectStorage
import S3Protocol

/// A MinIO drive that holds whole objects.
final class MinIOSource: ForeignSource, @unchecked Sendable {
    // Unchecked: one call is made at a time, and what is read there does not change.
    private let directory: SourceDrive
    private let drive: MinIODrive
    private var buckets: [String: MinIOBucket] = [:]

    /// - Throws: `StorageError` when the directory is no such drive.
    init(_ root: SourceDirectory) throws {
        directory = SourceDrive(root: root)
        do {
            drive = try MinIODrive(directory)
        } catch let error as ForeignDriveError {
            throw StorageError(.failed, "\(root.path) cannot be imported: \(error.message)")
        }
    }

    func listing() throws -> SourceListing {
        let root = try drive.root()
        var listing = SourceListing()
        for bucket in root.buckets {
            buckets[bucket.name] = bucket
            var draft = BucketDraft(bucket)
            draft.created = try draft.created ?? directory.root.open(bucket.name)?.modified
            listing.buckets.append(SourceBucket(name: bucket.name, draft: draft))
        }
        for stranger in root.strangers { listing.notes.append("\(stranger) is no bucket and is left behind") }
        if root.unfinishedUploads > 0 {
            listing.notes.append("\(root.unfinishedUploads) uploads that were never completed are left behind")
        }
        return listing
    }

    func keys(of bucket: SourceBucket) throws -> any SourceKeys {
        guard let found = buckets[bucket.name] else { throw StorageError(.failed, "there is no bucket \(bucket.name)") }
        return MinIOSourceKeys(drive.keys(of: found), directory)
    }
}

/// The keys of a bucket on a MinIO drive.
private final class MinIOSourceKeys: SourceKeys, @unchecked Sendable {
    // Unchecked: one call is made at a time.
    private var keys: MinIOKeys
    private let directory: SourceDrive

    init(_ keys: MinIOKeys, _ directory: SourceDrive) {
        self.keys = keys
        self.directory = directory
    }

    func next() throws -> SourceKey? {
        keys.next().map { SourceKey($0, in: directory) }
    }

    var remains: SourceRemains { SourceRemains(keys.survey) }
}

extension SourceRemains {
    fileprivate init(_ survey: MinIOSurvey) {
        let debris = survey.debris
        if debris.unreadableFolders > 0 {
            let examples = debris.examples.filter { $0.contains("cannot be listed") || $0.contains("deeper than") }
            let reason = "\(debris.unreadableFolders) folders cannot be listed; nothing of them is imported"
            unreadable.append((examples.first ?? "some folders", reason))
        }
        if survey.nestedKeys > 0 {
            notes.append("\(survey.nestedKeys) keys lie below other objects, where MinIO itself did not list them")
        }
        let (unreferenced, undecided) = (debris.unreferencedBytes, debris.undecidedBytes)
        let counts: [(Int, String)] = [
            (debris.unreferencedFolders, "data folders that no version names (\(unreferenced) bytes)"),
            (undecided > 0 ? 1 : 0, "object with \(undecided) bytes of data that no readable version names"),
            (debris.unknownFiles, "unknown files"), (debris.emptyFolders, "empty folders"),
            (debris.links, "links or special files"),
            (debris.unclaimedInlineValues, "inline values that no version names"),
        ]
        let parts = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        guard !parts.isEmpty else { return }
        let example = debris.examples.first.map { "; the first: \($0)" } ?? ""
        notes.append("left behind: " + parts.joined(separator: ", ") + example)
    }
}
