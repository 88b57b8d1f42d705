import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `GET /B/K?attributes`: what S3 knows of an object, as asked for.
struct GetObjectAttributes: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let wanted = try GetObjectAttributesRequest(request.headers)
        let record = try await services.store.head(request.key, version: request.versionID, in: request.bucket)
        let result = GetObjectAttributesResult(
            request: wanted,
            etag: record.etag,
            checksum: record.objectChecksum,
            parts: try record.parts.map { part throws(S3Error) in
                .init(number: try PartNumber(part.number), size: part.size, checksum: part.checksum)
            },
            storageClass: record.attributes.storageClass,
            size: record.size
        )
        var headers = record.readVersionHeader(isVersioned: services.isVersioned(try request.bucket))
        headers.add(name: "Last-Modified", value: record.modified.httpDate)
        return Response(.ok, contentType: "application/xml", bytes: try result.document(), headers: headers)
    }
}

extension ObjectAttributes {
    /// The storage class as listings show it.
    var storageClass: String { headers["x-amz-storage-class"] ?? "STANDARD" }
}

extension ObjectRecord {
    /// The header of a read with the version's id, in a bucket that has, or had, versions.
    func readVersionHeader(isVersioned: Bool) -> HTTPHeaders {
        isVersioned || version != .null ? ["x-amz-version-id": version.text] : [:]
    }
}
