import FoundationEssentials
import S3Protocol

/// The JSON form of a bucket, `.larder/buckets/<bucket>.json`.
struct BucketDocument: Codable {
    /// The version of the form; a higher one is refused.
    static let currentVersion = 1

    var v: Int
    var id: String
    var owner: String
    var created: Int64
    var settings: BucketSettings

    init(_ bucket: Bucket) {
        v = Self.currentVersion
        id = bucket.id
        owner = bucket.owner
        created = bucket.created.nanoseconds
        settings = bucket.settings
    }

    /// The JSON text.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    /// The bucket of this name that the bytes describe.
    ///
    /// - Throws: `StorageError` when a newer Larder wrote it, or when it cannot be read.
    static func decode(_ bytes: [UInt8], name: BucketName) throws -> Bucket {
        guard let document = try? JSONDecoder().decode(BucketDocument.self, from: Data(bytes)) else {
            throw StorageError(
                .unsuitableRoot,
                ".larder/buckets/\(name).json cannot be read; restore it from a backup"
            )
        }
        guard document.v <= currentVersion else {
            throw StorageError(.newerFormat, ".larder/buckets/\(name).json was written by a newer Larder")
        }
        return Bucket(
            name: name,
            id: document.id,
            owner: document.owner,
            created: Timestamp(nanoseconds: document.created),
            settings: document.settings
        )
    }
}
