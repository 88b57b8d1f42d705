import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `PUT /B/K` with `x-amz-copy-source`: makes an object of another one's content.
struct CopyObject: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        let (bucket, key) = (try request.bucket, try request.key)
        let source = try await services.copySource(of: request)
        let plan = try CopyPlan(request, source: source, services)
        let precondition = try WritePrecondition(putting: request.http.head.headers)
        let tags = plan.copiesTags ? try await services.copiedTags(of: source, request) : []
        return try await LateAnswer(request: request.http).respond {
            let seen = SourceVersion()
            let wanted = CopyRequest(
                bucket: source.bucket,
                key: source.key,
                version: source.version,
                checksumAlgorithm: plan.algorithm,
                precondition: precondition
            ) { found in
                seen.note(found)
                guard !plan.copiesTags || found.attributes.tags == tags else {
                    throw S3Error.conditionalRequestConflict(condition: "x-amz-copy-source", key: source.key)
                }
                return try plan.attributes(copying: found)
            }
            return try answer(try await services.store.copy(wanted, to: key, in: bucket), bucket, source, seen)
        }
    }

    private func answer(
        _ record: ObjectRecord,
        _ bucket: BucketName,
        _ source: CopySource,
        _ seen: SourceVersion
    ) throws -> Response {
        var headers = seen.headers(isVersioned: services.isVersioned(source.bucket))
        headers.add(contentsOf: record.versionHeader)
        headers.add(contentsOf: services.controlHeaders(of: record, in: bucket))
        let result = CopyObjectResult(modified: record.modified, etag: record.etag, checksum: record.checksums.first)
        return Response(.ok, contentType: "application/xml", bytes: try result.document(), headers: headers)
    }
}

/// What a copy takes over from its source and what from the request; decided before the source is opened.
private struct CopyPlan: Sendable {
    /// The checksum that was asked for; nil for the source's algorithm.
    let algorithm: ChecksumAlgorithm?
    private let metadata: CopyDirective
    private let tagging: CopyDirective
    /// Whether the source's tags come along.
    var copiesTags: Bool { tagging == .copy }
    private let own: ObjectAttributes
    private let isOntoItself: Bool
    private let changesClass: Bool
    private let headers: HeaderList
    private let now: Timestamp

    init(_ request: S3Request, source: CopySource, _ services: S3Services) throws {
        headers = request.headers
        now = services.clock()
        metadata = try CopyDirective(metadata: headers)
        tagging = try CopyDirective(tagging: headers)
        var own = try ObjectAttributes(putting: request)
        try UploadControls(request, services).apply(to: &own)
        self.own = own
        let (bucket, key) = (try request.bucket, try request.key)
        isOntoItself = source.bucket == bucket && source.key == key && source.version == nil
        changesClass = ["x-amz-storage-class", "x-amz-website-redirect-location", "x-amz-server-side-encryption"]
            .contains { request.header($0) != nil }
        algorithm = try request.header("x-amz-checksum-algorithm").map { name throws(S3Error) in
            guard let algorithm = ChecksumAlgorithm(name: name) else { throw .unsupportedChecksumAlgorithm() }
            return algorithm
        }
    }

    /// The attributes of the copy, once the source's preconditions hold.
    ///
    /// - Throws: `PreconditionFailed`, `InvalidRequest` for a copy onto itself that changes nothing and for a source
    ///   beyond 5 GiB.
    func attributes(copying source: ObjectRecord) throws(S3Error) -> ObjectAttributes {
        try CopySourcePreconditions.evaluate(
            headers,
            of: .copy,
            etag: source.etag,
            lastModified: source.modified,
            now: now
        )
        guard !isOntoItself || metadata == .replace || changesClass else { throw .copyOntoItselfChangesNothing }
        try MultipartLimits.check(copySourceSize: source.size)
        var attributes = own
        if metadata == .copy {
            attributes.metadata = source.attributes.metadata
            attributes.headers = source.attributes.headers
            // These two are never copied.
            for name in ["x-amz-storage-class", "x-amz-website-redirect-location"] {
                attributes.headers[name] = own.headers[name]
            }
        }
        if tagging == .copy { attributes.tags = source.attributes.tags }
        return attributes
    }
}
