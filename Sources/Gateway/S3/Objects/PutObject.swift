import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `PUT /B/K`: stores an object.
struct PutObject: S3OperationHandler {
    /// The most bytes that one PUT may bring: 5 GiB (AWS, "Uploading objects").
    static let maximumSize: Int64 = 5_368_709_120

    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let (bucket, key) = (try request.bucket, try request.key)
        let attributes = try ObjectAttributes(putting: request)
        let precondition = try WritePrecondition(putting: request.http.head.headers)
        let framing = try ChunkedFraming.of(request.http.head, payload: request.authenticated.payload)
        try checkLength(request.http, framing)
        var demand = try ContentDigestDemand(
            headers: request.http.head.headers,
            payloadSHA256: request.authenticated.payload.exactSHA256,
            announcedAlgorithm: framing?.announcedTrailer.flatMap { ChecksumAlgorithm(headerName: $0) }
        )
        let upload = try await services.store.beginUpload(of: key, to: bucket, digests: ContentDigests(for: demand))
        do {
            var content = PayloadReader(
                request.http.body,
                framing: framing,
                signature: request.authenticated.signature
            )
            while let chunk = try await content.next() {
                try await upload.write(chunk)
                guard upload.byteCount <= Self.maximumSize else {
                    throw S3Error.entityTooLarge(proposed: upload.byteCount, limit: Self.maximumSize)
                }
            }
            demand.take(content.trailer)
            let record = try await upload.commit(attributes, demand: demand, precondition: precondition)
            return Response(.ok, headers: record.writtenHeaders)
        } catch {
            await upload.abort()
            throw error
        }
    }

    private func checkLength(_ request: Request, _ framing: ChunkedFraming?) throws(S3Error) {
        guard let length = framing?.decodedLength ?? request.contentLength else {
            guard request.isChunked else { throw .missingContentLength }
            return
        }
        guard length <= Self.maximumSize else { throw .entityTooLarge(proposed: length, limit: Self.maximumSize) }
    }
}

extension ContentDigestDemand {
    /// Adds the checksum that came behind the content.
    fileprivate mutating func take(_ trailer: ChunkedTrailer?) {
        if let trailer { checksum = trailer.checksum }
    }
}

extension ObjectRecord {
    /// The headers of a successful write.
    var writtenHeaders: HTTPHeaders {
        var headers: HTTPHeaders = ["ETag": etag.quoted]
        for checksum in checksums { headers.add(name: checksum.algorithm.headerName, value: checksum.base64) }
        if !checksums.isEmpty { headers.add(name: "x-amz-checksum-type", value: "FULL_OBJECT") }
        return headers
    }
}
