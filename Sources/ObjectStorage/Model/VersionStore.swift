package import S3Protocol

/// Versions of objects, and what is done to a version that exists.
package protocol VersionStore: Sendable {
    /// Removes the current version, or in a bucket with versioning puts a delete marker before it; removes the version
    /// that is named for good. What is absent is success.
    ///
    /// - Throws: `NoSuchBucket`, `PreconditionFailed`, `AccessDenied` when a lock keeps the version.
    @discardableResult
    func delete(_ key: ObjectKey, in bucket: BucketName, _ request: DeletionRequest) async throws -> Deletion

    /// One page of a bucket's versions and delete markers: keys in byte order, of one key the newest first.
    ///
    /// - Throws: `NoSuchBucket`; `SlowDown` until the bucket's index is complete, never a partial page.
    func listVersions(_ query: VersionListQuery, in bucket: BucketName) async throws -> VersionListPage

    /// Changes what a client has set on a version; the content and its time stay.
    ///
    /// `transform` runs under the key's lock and off the event loop. Durable when this returns the changed record.
    ///
    /// - Throws: `NoSuchBucket`, `NoSuchKey`, `NoSuchVersion`, `MethodNotAllowed` for a delete marker, and whatever
    ///   `transform` throws, changing nothing.
    func updateAttributes(
        of key: ObjectKey,
        version: VersionID?,
        in bucket: BucketName,
        _ transform: @escaping @Sendable (inout ObjectAttributes) throws -> Void
    ) async throws -> ObjectRecord

    /// Makes an object of another one's content, within the file system and without reading it where that is possible.
    ///
    /// - Throws: as `open` for the source and `ObjectUpload.commit` for the destination.
    func copy(_ request: CopyRequest, to key: ObjectKey, in bucket: BucketName) async throws -> ObjectRecord
}

/// What is to be deleted, and under which conditions.
package struct DeletionRequest: Sendable {
    /// The version to remove for good; nil for the current one.
    package var version: VersionID?
    /// What must hold of the current version.
    package var precondition: WritePrecondition
    /// The Last-Modified that the version must have, so that only the one that was seen is removed.
    package var modified: Timestamp?
    /// Whether a version that is named must not be the current one.
    package var onlyNoncurrent = false
    /// Whether a retention in governance mode does not count.
    package var bypassesGovernance: Bool
    /// Who gets to own a delete marker; nil for the bucket's owner.
    package var owner: String?

    /// A request of these parts.
    package init(
        version: VersionID? = nil,
        precondition: WritePrecondition = .none,
        bypassesGovernance: Bool = false,
        owner: String? = nil
    ) {
        self.version = version
        self.precondition = precondition
        self.bypassesGovernance = bypassesGovernance
        self.owner = owner
    }
}

/// What a deletion came to.
package struct Deletion: Sendable, Equatable {
    /// The version that was removed, or that of the delete marker which was made; nil in a bucket without versioning.
    package var version: VersionID?
    /// Whether that version is, or was, a delete marker.
    package var isDeleteMarker: Bool

    /// A deletion of these parts.
    package init(version: VersionID? = nil, isDeleteMarker: Bool = false) {
        self.version = version
        self.isDeleteMarker = isDeleteMarker
    }
}

/// The source of a copy, and what becomes of it.
package struct CopyRequest: Sendable {
    /// The source's bucket.
    package var bucket: BucketName
    /// The source's key.
    package var key: ObjectKey
    /// The source's version; nil for the current one.
    package var version: VersionID?
    /// The checksum that the copy is to have; nil for the source's algorithm.
    package var checksumAlgorithm: ChecksumAlgorithm?
    /// What must hold of the destination.
    package var precondition: WritePrecondition
    /// Checks the source and gives the copy's attributes; whatever it throws ends the copy.
    package var attributes: @Sendable (_ source: ObjectRecord) throws -> ObjectAttributes

    /// A request of these parts.
    package init(
        bucket: BucketName,
        key: ObjectKey,
        version: VersionID? = nil,
        checksumAlgorithm: ChecksumAlgorithm? = nil,
        precondition: WritePrecondition = .none,
        attributes: @escaping @Sendable (_ source: ObjectRecord) throws -> ObjectAttributes
    ) {
        self.bucket = bucket
        self.key = key
        self.version = version
        self.checksumAlgorithm = checksumAlgorithm
        self.precondition = precondition
        self.attributes = attributes
    }
}

extension ObjectStore where Self: VersionStore {
    /// Removes the current version; an absent key is success.
    package func delete(_ key: ObjectKey, in bucket: BucketName, precondition: WritePrecondition) async throws {
        try await delete(key, in: bucket, DeletionRequest(precondition: precondition))
    }
}
