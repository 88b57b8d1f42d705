import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `GET /B` and `GET /B?list-type=2`: a page of a bucket's keys.
struct ListObjects: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let bucket = try request.bucket
        let wanted = try ListObjectsRequest(request.http.head.target)
        let page = try await services.store.list(
            ListQuery(
                prefix: wanted.prefix,
                delimiter: wanted.delimiter,
                after: wanted.after,
                limit: wanted.maxKeys
            ),
            in: bucket
        )
        let result = ListObjectsResult(
            bucket: bucket,
            request: wanted,
            objects: page.objects,
            commonPrefixes: page.commonPrefixes,
            lastOfTruncated: page.isTruncated ? page.last : nil,
            ownerID: request.authenticated.identity.isAuthenticated ? services.owner(nil, of: bucket) : nil
        )
        return Response(.ok, contentType: "application/xml", bytes: try result.document())
    }
}

extension ListPage {
    fileprivate var objects: [ListObjectsResult.Object] {
        entries.compactMap { entry in
            guard case .object(let object) = entry else { return nil }
            return ListObjectsResult.Object(
                key: object.key,
                modified: object.modified,
                etag: object.etag,
                size: object.size,
                checksumAlgorithm: object.checksumAlgorithm,
                checksumType: object.checksumType.rawValue,
                storageClass: object.storageClass,
                ownerID: object.owner
            )
        }
    }

    fileprivate var commonPrefixes: [[UInt8]] {
        entries.compactMap { entry in
            guard case .commonPrefix(let prefix) = entry else { return nil }
            return prefix
        }
    }

    fileprivate var last: [UInt8]? {
        switch entries.last {
        case .object(let object): object.key.utf8
        case .commonPrefix(let prefix): prefix
        case nil: nil
        }
    }
}
