import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `POST /B/K?uploadId`: makes the object out of the listed parts.
struct CompleteMultipartUpload: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let (bucket, key, id) = (try request.bucket, try request.key, try request.uploadID)
        let claims = try CompleteMultipartUploadClaims(request.http.head.headers)
        let precondition = try WritePrecondition(putting: request.http.head.headers)
        let body = try await request.body(upTo: CompleteMultipartUploadRequest.limits.bytes)
        let wanted = try CompleteMultipartUploadRequest(body: body, uploadID: id)
        return try await LateAnswer(request: request.http).respond {
            let record = try await services.store.completeMultipartUpload(
                id.text,
                of: key,
                in: bucket,
                precondition: precondition
            ) { upload, parts in
                try MultipartAssembly(wanted, of: parts, upload.checksum, claims)
            }
            // Only who repeats a completion that is done gets here with other parts than those of the object.
            guard wanted.objectETag == record.etag, wanted.parts.map(\.number.value) == record.parts.map(\.number)
            else {
                throw S3Error.noSuchUpload(id.text).because("the upload is completed, with other parts than these")
            }
            return try answer(record, request)
        }
    }

    private func answer(_ record: ObjectRecord, _ request: S3Request) throws -> Response {
        let (bucket, key) = (try request.bucket, try request.key)
        let location = PostLocation(request.address, scheme: services.scheme(of: request))
        let result = CompleteMultipartUploadResult(
            location: location.url(of: key),
            bucket: bucket,
            key: key,
            etag: record.etag,
            checksum: record.objectChecksum
        )
        return Response(
            .ok,
            contentType: "application/xml",
            bytes: try result.document(),
            headers: record.versionHeader.adding(services.controlHeaders(of: record, in: bucket))
        )
    }
}

extension MultipartAssembly {
    /// The parts that a completion lists, once all that was said of them holds, and what the object's digests are.
    ///
    /// - Throws: `InvalidPart`, `EntityTooSmall`, `BadDigest` and the other refusals of
    ///   `CompleteMultipartUploadRequest.resolve`.
    fileprivate init(
        _ wanted: CompleteMultipartUploadRequest,
        of stored: [StoredPart],
        _ choice: MultipartChecksumChoice,
        _ claims: CompleteMultipartUploadClaims
    ) throws {
        var (uploaded, byNumber): ([PartNumber: UploadedPart], [PartNumber: StoredPart]) = ([:], [:])
        for part in stored {
            let number = try PartNumber(part.number)
            uploaded[number] = try UploadedPart(part, choice)
            byNumber[number] = part
        }
        let chosen = try wanted.resolve(uploaded, choice: choice, claims: claims)
        let checksum = Self.checksum(of: chosen, choice)
        if let checksum { try claims.check(computed: checksum) }
        guard let etag = ETag(ofParts: chosen.map(\.etag)) else { throw S3Error.internalError("a part without MD5") }
        self.init(
            parts: chosen.compactMap { byNumber[$0.number] },
            etag: etag,
            checksum: checksum?.checksum
        )
    }

    private static func checksum(of parts: [UploadedPart], _ choice: MultipartChecksumChoice) -> ObjectChecksum? {
        let pieces = parts.compactMap { part in part.checksum.map { (checksum: $0, byteCount: part.size) } }
        guard pieces.count == parts.count else { return nil }
        return choice.type == .composite
            ? ObjectChecksum.composite(of: pieces.map(\.checksum)) : ObjectChecksum.fullObject(of: pieces)
    }
}

extension UploadedPart {
    /// A part as the protocol's documents have it, with the checksum that the upload keeps.
    init(_ part: StoredPart, _ choice: MultipartChecksumChoice) throws(S3Error) {
        self.init(
            number: try PartNumber(part.number),
            modified: part.modified,
            etag: part.etag,
            size: part.size,
            checksum: part.checksums.first { $0.algorithm == choice.computed }
        )
    }
}
