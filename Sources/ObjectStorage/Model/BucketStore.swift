package import S3Protocol

/// Buckets and their settings.
package protocol BucketStore: Sendable {
    /// Makes a bucket with these settings; durable when it returns.
    ///
    /// - Throws: `BucketAlreadyOwnedByYou` or `BucketAlreadyExists` (another owner) when there is one of that name.
    func createBucket(_ name: BucketName, owner: String, settings: BucketSettings) async throws -> Bucket

    /// The bucket of this name.
    ///
    /// Answered from memory. - Throws: `NoSuchBucket`.
    func bucket(_ name: BucketName) throws -> Bucket

    /// All buckets in byte order of their names; answered from memory.
    func buckets() -> [Bucket]

    /// Replaces the settings of a bucket as a whole, by the change that `transform` makes; durable when it returns.
    ///
    /// - Throws: `NoSuchBucket`, and whatever `transform` throws, changing nothing.
    func updateBucket(
        _ name: BucketName,
        _ transform: @escaping @Sendable (inout BucketSettings) throws -> Void
    ) async throws -> Bucket

    /// Removes an empty bucket.
    ///
    /// - Throws: `NoSuchBucket`, `BucketNotEmpty`; never removes an object.
    func deleteBucket(_ name: BucketName) async throws
}

/// A bucket as it stands.
package struct Bucket: Sendable, Equatable {
    /// Its name.
    package let name: BucketName
    /// A random id, new each time a bucket of that name is made.
    package let id: String
    /// The canonical id of the user that owns it.
    package let owner: String
    /// When it was made.
    package let created: Timestamp
    /// What can be set on it.
    package var settings: BucketSettings {
        _read { yield box.settings }
        set { box = Box(newValue) }
    }
    private var box: Box

    /// Settings are many and rarely change, while buckets are handed about by every request.
    private final class Box: Sendable {
        let settings: BucketSettings

        init(_ settings: BucketSettings) {
            self.settings = settings
        }
    }

    /// A bucket of these parts.
    package init(name: BucketName, id: String, owner: String, created: Timestamp, settings: BucketSettings) {
        self.name = name
        self.id = id
        self.owner = owner
        self.created = created
        box = Box(settings)
    }

    /// Whether all of it is the same.
    package static func == (left: Bucket, right: Bucket) -> Bool {
        left.name == right.name && left.id == right.id && left.owner == right.owner && left.created == right.created
            && left.settings == right.settings
    }
}
