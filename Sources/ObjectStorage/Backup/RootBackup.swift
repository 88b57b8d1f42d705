import FoundationEssentials
import Glibc

/// What a backup holds beside the objects: everything that cannot be derived from them.
enum RootBackup {
    /// Where the records are, below the root.
    static let records = ".larder/records.sqlite"
    /// Files that are copied as they are, below the root.
    static let files = [".larder/format.json", ".larder/credentials.json"]
    /// The buckets' settings, below the root.
    static let buckets = ".larder/buckets"
    /// Names that a backup is known by.
    static let manifest = "larder-backup.json"

    /// What a backup says of itself.
    struct Manifest: Codable, Equatable {
        var version: Int
        var root: String
        var made: String
    }
}
