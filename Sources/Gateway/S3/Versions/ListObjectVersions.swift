import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `GET /B?versions`: a page of a bucket's versions and delete markers.
struct ListObjectVersions: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let bucket = try request.bucket
        let wanted = try ListObjectVersionsRequest(request.http.head.target)
        let page = try await services.store.listVersions(
            VersionListQuery(
                prefix: wanted.prefix,
                delimiter: wanted.delimiter,
                after: wanted.keyMarker,
                afterVersion: wanted.versionIDMarker,
                limit: wanted.maxKeys
            ),
            in: bucket
        )
        let result = ListObjectVersionsResult(
            bucket: bucket,
            request: wanted,
            entries: page.entries.map { entry in
                switch entry {
                case .commonPrefix(let prefix): .commonPrefix(prefix)
                case .version(let version): self.entry(version, bucket)
                }
            },
            isTruncated: page.isTruncated
        )
        return Response(.ok, contentType: "application/xml", bytes: try result.document())
    }

    private func entry(_ version: VersionSummary, _ bucket: BucketName) -> ListObjectVersionsResult.Entry {
        let object = version.object
        let identity = ListObjectVersionsResult.Identity(
            key: object.key,
            version: version.version,
            isLatest: version.isLatest,
            modified: object.modified,
            ownerID: services.owner(object.owner, of: bucket)
        )
        guard !version.isDeleteMarker else { return .deleteMarker(identity) }
        let content = ListObjectVersionsResult.Content(
            etag: object.etag,
            size: object.size,
            checksumAlgorithm: object.checksumAlgorithm,
            checksumType: object.checksumType,
            storageClass: object.storageClass
        )
        return .version(identity, content)
    }
}
