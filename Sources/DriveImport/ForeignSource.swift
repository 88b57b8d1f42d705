import ForeignDrives
import ObjectStorage
import S3Protocol

/// The disk of another server, as an import goes through it.
///
/// All of it blocks, and one call is made at a time.
protocol ForeignSource: AnyObject, Sendable {
    /// The buckets in byte order of their names, and what else there is to say.
    ///
    /// - Throws: `StorageError` when the disk cannot be listed.
    func listing() throws -> SourceListing

    /// The keys of a bucket of the listing.
    func keys(of bucket: SourceBucket) throws -> any SourceKeys
}

/// The keys of a bucket, one at a time.
///
/// All of it blocks, and one call is made at a time.
protocol SourceKeys: AnyObject, Sendable {
    /// The next key, nil at the end.
    func next() throws -> SourceKey?

    /// What was come across and is no key; complete at the end.
    var remains: SourceRemains { get }
}

/// What lies on a disk.
struct SourceListing: Sendable {
    var buckets: [SourceBucket] = []
    /// What may be buckets and cannot be read: a place, and why.
    var unreadable: [(place: String, reason: String)] = []
    /// What is left behind without loss, such as unfinished uploads.
    var notes: [String] = []
}

/// A bucket on a disk.
struct SourceBucket: Sendable {
    let name: String
    let draft: BucketDraft
}

/// What of a bucket's tree is no key.
struct SourceRemains: Sendable {
    /// What may be data and cannot be read: a place, and why.
    var unreadable: [(place: String, reason: String)] = []
    /// What is left behind without loss.
    var notes: [String] = []
}

/// A key on a disk, with its versions oldest first.
struct SourceKey: Sendable {
    let key: [UInt8]
    var versions: [SourceVersion] = []
    /// Why nothing of it can be taken over.
    var refusal: String?

    /// The key for reports.
    var name: String { String(decoding: key, as: UTF8.self) }
}

/// A version on a disk.
struct SourceVersion: Sendable {
    /// Its id, for reports.
    let name: String
    /// The version, or why it cannot be taken over.
    let content: Result<ImportedVersion, SourceRefusal>
    /// What of it stays behind.
    var losses: [ImportLoss] = []
}

/// Why something of a disk cannot be taken over.
struct SourceRefusal: Error, Sendable, CustomStringConvertible {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }

    init(_ error: ForeignDriveError) {
        reason = error.description
    }

    var description: String { reason }
}
