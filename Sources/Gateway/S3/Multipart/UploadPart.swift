import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `PUT /B/K?partNumber&uploadId`: stores a part.
struct UploadPart: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let number = try request.partNumber
        let upload = try services.multipartUpload(request)
        let payload = try UploadPayload(request, limit: MultipartLimits.maximumPartSize)
        try upload.checksum.check(part: payload.demand.statedAlgorithm)
        let part = try await services.store.beginPart(
            number.value,
            of: upload,
            digests: ContentDigests(for: payload.demand, keeping: upload.checksum.computed)
        )
        do {
            let demand = try await payload.stream { chunk in
                try await part.write(chunk)
                return part.byteCount
            }
            let stored = try await part.commit(demand: demand)
            return Response(.ok, headers: Self.headers(stored, demand).adding(services.encryptionHeader))
        } catch {
            await part.abort()
            throw error
        }
    }

    /// Shows the client its own checksum; the server's when it sent none.
    private static func headers(_ part: StoredPart, _ demand: ContentDigestDemand) -> HTTPHeaders {
        var headers: HTTPHeaders = ["ETag": part.etag.quoted]
        let shown = demand.statedAlgorithm.flatMap { stated in part.checksums.first { $0.algorithm == stated } }
        if let checksum = shown ?? part.checksums.first {
            headers.add(name: checksum.algorithm.headerName, value: checksum.base64)
        }
        return headers
    }
}

/// `PUT /B/K?partNumber&uploadId` with `x-amz-copy-source`: makes a part of an object that is there.
struct UploadPartCopy: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let number = try request.partNumber
        let upload = try services.multipartUpload(request)
        let source = try await services.copySource(of: request)
        let range = try request.header("x-amz-copy-source-range").map { value throws(S3Error) in
            try CopySourceRange(value)
        }
        let (headers, now) = (request.headers, services.clock())
        let seen = SourceVersion()
        let part = try await services.store.copyPart(
            number.value,
            of: upload,
            from: PartCopyRequest(bucket: source.bucket, key: source.key, version: source.version) { record in
                seen.note(record)
                try CopySourcePreconditions.evaluate(
                    headers,
                    of: .copy,
                    etag: record.etag,
                    lastModified: record.modified,
                    now: now
                )
                guard let range else {
                    try MultipartLimits.check(copySourceSize: record.size)
                    return 0..<record.size
                }
                let wanted = try range.resolved(size: record.size)
                try MultipartLimits.check(copySourceSize: wanted.count)
                return wanted.first..<(wanted.last + 1)
            }
        )
        let shown = upload.checksum.algorithm == nil ? nil : part.checksums.first
        let result = CopyPartResult(modified: part.modified, etag: part.etag, checksum: shown)
        return Response(
            .ok,
            contentType: "application/xml",
            bytes: try result.document(),
            headers: seen.headers(isVersioned: services.isVersioned(source.bucket)).adding(services.encryptionHeader)
        )
    }
}
