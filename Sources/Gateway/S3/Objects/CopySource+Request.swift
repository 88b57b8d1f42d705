import NIOHTTP1
import ObjectStorage
import S3Protocol
import Synchronization

extension S3Services {
    /// The source that a copy names, which the caller may read.
    ///
    /// - Throws: `InvalidArgument`, `NoSuchBucket`, `AccessDenied`, `InvalidRequest` for a delete marker that is named by
    ///   its version.
    func copySource(of request: S3Request) async throws -> CopySource {
        let value = request.header(CopySourceHeader.copy.rawValue) ?? ""
        guard request.http.hasNoBody else { throw S3Error.copySourceNotAllowed(value) }
        let source = try CopySource(copySource: value)
        try await authorizer.authorizeSource(
            of: request,
            bucket: source.bucket,
            key: source.key,
            version: source.version
        )
        guard let version = source.version else { return source }
        do {
            _ = try await store.head(source.key, version: version, in: source.bucket)
        } catch let error as S3Error where error.code == "MethodNotAllowed" {
            throw S3Error.copySourceIsDeleteMarker
        }
        return source
    }

    /// The tags of a copy's source, which the caller may read and set; none when there is no source.
    ///
    /// - Throws: `AccessDenied`.
    func copiedTags(of source: CopySource, _ request: S3Request) async throws -> [ObjectAttributes.Tag] {
        guard let found = try? await store.head(source.key, version: source.version, in: source.bucket),
            !found.attributes.tags.isEmpty
        else { return [] }
        var carried = ObjectAttributes()
        carried.tags = found.attributes.tags
        try await authorizer.authorizeCarrying(
            carried,
            of: request,
            from: source.bucket,
            source.key,
            source.version
        )
        return carried.tags
    }

    /// Whether a bucket keeps, or has kept, versions.
    func isVersioned(_ bucket: BucketName) -> Bool {
        (try? store.bucket(bucket))?.settings.versioning != nil
    }
}

/// Which version of the source was copied, as the store saw it.
final class SourceVersion: Sendable {
    private let version = Mutex<VersionID?>(nil)

    /// Remembers the source.
    func note(_ record: ObjectRecord) {
        version.withLock { $0 = record.version }
    }

    /// The header that names the source's version, in a bucket that has them.
    func headers(isVersioned: Bool) -> HTTPHeaders {
        guard isVersioned, let version = version.withLock({ $0 }) else { return [:] }
        return ["x-amz-copy-source-version-id": version.text]
    }
}
