package import ObjectStorage
package import S3Protocol

/// All buckets: those with a route are in a remote S3, the others in the store below.
///
/// What only S3 clients do to a remote bucket (versions, parts, settings) goes to the remote as it came and never through
/// here; it is refused all the same.
package struct RoutedStorage: Storage {
    private let local: any Storage
    private let remote: RemoteStore
    private let routes: RemoteRoutes
    private let owner: String
    private let allowedOrigins: [String]

    /// The buckets of `local` and those with routes, which `owner` owns and whose objects pages of `allowedOrigins` read.
    package init(
        local: any Storage,
        remote: RemoteStore,
        routes: RemoteRoutes,
        owner: String,
        allowedOrigins: [String]
    ) {
        self.local = local
        self.remote = remote
        self.routes = routes
        self.owner = owner
        self.allowedOrigins = allowedOrigins
    }

    private func isRemote(_ bucket: BucketName) -> Bool { routes.route(of: bucket) != nil }

    private func objects(of bucket: BucketName) -> any ObjectStore { isRemote(bucket) ? remote : local }

    /// Refuses what the remote has to be asked for in its own way.
    private func demandLocal(_ bucket: BucketName) throws {
        guard isRemote(bucket) else { return }
        throw S3Error.notImplemented(
            because: "the bucket '\(bucket)' is in a remote S3; this is not done across stores"
        )
    }
}

// MARK: - Objects

extension RoutedStorage {
    package func head(_ key: ObjectKey, version: VersionID?, in bucket: BucketName) async throws -> ObjectRecord {
        try await objects(of: bucket).head(key, version: version, in: bucket)
    }

    package func open(_ key: ObjectKey, version: VersionID?, in bucket: BucketName) async throws -> OpenObject {
        try await objects(of: bucket).open(key, version: version, in: bucket)
    }

    package func beginUpload(
        of key: ObjectKey,
        to bucket: BucketName,
        digests: ContentDigests
    ) async throws -> any ObjectUpload {
        try await objects(of: bucket).beginUpload(of: key, to: bucket, digests: digests)
    }

    package func delete(_ key: ObjectKey, in bucket: BucketName, precondition: WritePrecondition) async throws {
        try await objects(of: bucket).delete(key, in: bucket, precondition: precondition)
    }

    package func list(_ query: ListQuery, in bucket: BucketName) async throws -> ListPage {
        try await objects(of: bucket).list(query, in: bucket)
    }
}

// MARK: - Buckets

extension RoutedStorage {
    package func createBucket(_ name: BucketName, owner: String, settings: BucketSettings) async throws -> Bucket {
        try demandLocal(name)
        return try await local.createBucket(name, owner: owner, settings: settings)
    }

    /// A remote bucket is taken to be there: only the remote knows.
    package func bucket(_ name: BucketName) throws -> Bucket {
        isRemote(name) ? remoteBucket(name) : try local.bucket(name)
    }

    package func buckets() -> [Bucket] {
        let own = local.buckets().filter { !isRemote($0.name) }
        return (own + routes.buckets.map(remoteBucket)).sorted { $0.name < $1.name }
    }

    package func updateBucket(
        _ name: BucketName,
        _ transform: @escaping @Sendable (inout BucketSettings) throws -> Void
    ) async throws -> Bucket {
        try demandLocal(name)
        return try await local.updateBucket(name, transform)
    }

    package func deleteBucket(_ name: BucketName) async throws {
        try demandLocal(name)
        try await local.deleteBucket(name)
    }

    private func remoteBucket(_ name: BucketName) -> Bucket {
        Bucket(
            name: name,
            id: RemoteRecord.bucketID,
            owner: owner,
            created: Timestamp(seconds: 0),
            settings: BucketSettings(allowedOrigins: allowedOrigins)
        )
    }
}

// MARK: - Versions and parts

extension RoutedStorage {
    package func delete(_ key: ObjectKey, in bucket: BucketName, _ request: DeletionRequest) async throws -> Deletion {
        try demandLocal(bucket)
        return try await local.delete(key, in: bucket, request)
    }

    package func listVersions(_ query: VersionListQuery, in bucket: BucketName) async throws -> VersionListPage {
        try demandLocal(bucket)
        return try await local.listVersions(query, in: bucket)
    }

    package func updateAttributes(
        of key: ObjectKey,
        version: VersionID?,
        in bucket: BucketName,
        _ transform: @escaping @Sendable (inout ObjectAttributes) throws -> Void
    ) async throws -> ObjectRecord {
        try demandLocal(bucket)
        return try await local.updateAttributes(of: key, version: version, in: bucket, transform)
    }

    package func copy(_ request: CopyRequest, to key: ObjectKey, in bucket: BucketName) async throws -> ObjectRecord {
        for bucket in [request.bucket, bucket] { try demandLocal(bucket) }
        return try await local.copy(request, to: key, in: bucket)
    }

    package func createMultipartUpload(
        _ request: MultipartUploadRequest,
        in bucket: BucketName
    ) async throws -> MultipartUpload {
        try demandLocal(bucket)
        return try await local.createMultipartUpload(request, in: bucket)
    }

    package func multipartUpload(_ id: String, of key: ObjectKey, in bucket: BucketName) throws -> MultipartUpload {
        try demandLocal(bucket)
        return try local.multipartUpload(id, of: key, in: bucket)
    }

    package func multipartUploads(in bucket: BucketName) async throws -> [MultipartUpload] {
        try demandLocal(bucket)
        return try await local.multipartUploads(in: bucket)
    }

    package func beginPart(
        _ number: Int,
        of upload: MultipartUpload,
        digests: ContentDigests
    ) async throws -> any PartUpload {
        try await local.beginPart(number, of: upload, digests: digests)
    }

    package func copyPart(
        _ number: Int,
        of upload: MultipartUpload,
        from request: PartCopyRequest
    ) async throws -> StoredPart {
        try demandLocal(request.bucket)
        return try await local.copyPart(number, of: upload, from: request)
    }

    package func parts(
        of upload: MultipartUpload,
        after number: Int,
        limit: Int
    ) async throws -> (parts: [StoredPart], isTruncated: Bool) {
        try await local.parts(of: upload, after: number, limit: limit)
    }

    package func completeMultipartUpload(
        _ id: String,
        of key: ObjectKey,
        in bucket: BucketName,
        precondition: WritePrecondition,
        _ choose: @escaping @Sendable (MultipartUpload, [StoredPart]) throws -> MultipartAssembly
    ) async throws -> ObjectRecord {
        try demandLocal(bucket)
        return try await local.completeMultipartUpload(id, of: key, in: bucket, precondition: precondition, choose)
    }

    package func abortMultipartUpload(_ id: String, of key: ObjectKey, in bucket: BucketName) async throws {
        try demandLocal(bucket)
        try await local.abortMultipartUpload(id, of: key, in: bucket)
    }
}
