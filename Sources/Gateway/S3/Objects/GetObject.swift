import NIOCore
import NIOHTTP1
import ObjectStorage
import S3Protocol

/// `GET /B/K`: an object's content.
struct GetObject: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        try ObjectAnswer.check(request)
        let object = try await services.store.open(request.key, version: request.versionID, in: request.bucket)
        let answer = try await ObjectAnswer(object.record, request, services)
        guard let range = answer.range else { return Response(answer.status, headers: answer.headers) }
        return Response(answer.status, headers: answer.headers, body: object.body(range))
    }
}

/// `HEAD /B/K`: what GET would say, without the content.
struct HeadObject: S3OperationHandler {
    let services: S3Services

    func respond(to request: S3Request) async throws -> Response {
        try ObjectAnswer.check(request)
        let record = try await services.store.head(request.key, version: request.versionID, in: request.bucket)
        let answer = try await ObjectAnswer(record, request, services)
        guard let range = answer.range else { return Response(answer.status, headers: answer.headers) }
        return Response(answer.status, headers: answer.headers, body: .headOnly(length: Int64(range.count)))
    }
}

extension S3Services {
    /// The headers that tell of tags and lock, each to those who may read it (AWS, "GetObject", response headers).
    fileprivate func extraHeaders(of record: ObjectRecord, _ request: S3Request) async -> HTTPHeaders {
        var headers = HTTPHeaders()
        let (attributes, isVersion) = (record.attributes, request.http.head.target.has("versionId"))
        let tagging = isVersion ? "s3:GetObjectVersionTagging" : "s3:GetObjectTagging"
        if !attributes.tags.isEmpty, await authorizer.permits(tagging, of: request) {
            headers.add(name: "x-amz-tagging-count", value: "\(attributes.tags.count)")
        }
        if attributes.retention != nil, await authorizer.permits("s3:GetObjectRetention", of: request) {
            headers.add(contentsOf: record.retentionHeaders)
        }
        if attributes.legalHold != nil, await authorizer.permits("s3:GetObjectLegalHold", of: request) {
            headers.add(contentsOf: record.legalHoldHeaders)
        }
        return headers
    }
}

extension OpenObject {
    fileprivate func body(_ range: Range<Int64>) -> Response.Body {
        switch content {
        case .file(let file): .file(file, range)
        case .bytes(let buffer):
            .bytes(
                buffer.getSlice(at: buffer.readerIndex + Int(range.lowerBound), length: range.count) ?? ByteBuffer()
            )
        }
    }
}

/// Status, headers and range of the answer to a read.
private struct ObjectAnswer {
    let status: HTTPResponseStatus
    let headers: HTTPHeaders
    /// The bytes to send; nil when there is no body.
    let range: Range<Int64>?

    /// Refuses what can be refused before the object is looked at, as S3 does.
    ///
    /// - Throws: `InvalidArgument` and `InvalidRequest` for a part, a range or `response-…` parameters.
    static func check(_ request: S3Request) throws(S3Error) {
        _ = try WantedRange.partNumber(of: request)
        var headers = HTTPHeaders()
        try headers.override(by: request.http.head.target)
    }

    init(_ record: ObjectRecord, _ request: S3Request, _ services: S3Services) async throws {
        let extra = await services.extraHeaders(of: record, request)
        try self.init(record, extra, request, services)
    }

    private init(_ record: ObjectRecord, _ extra: HTTPHeaders, _ request: S3Request, _ services: S3Services) throws {
        let (sent, target, now) = (request.http.head.headers, request.http.head.target, services.clock())
        let isVersion = target.has("versionId")
        let version = record.readVersionHeader(isVersioned: services.isVersioned(try request.bucket))
        let outcome = try ReadPreconditions.evaluate(
            sent,
            etag: record.etag,
            lastModified: record.modified,
            now: now
        )
        guard outcome == .proceed else {
            var headers = record.validatorHeaders
            headers.add(contentsOf: version)
            (status, self.headers, range) = (.notModified, headers, nil)
            return
        }
        var headers = record.readHeaders
        headers.add(contentsOf: version)
        headers.add(contentsOf: extra)
        headers.add(contentsOf: services.controlHeaders(of: record, in: try request.bucket, isCurrent: !isVersion))
        try headers.override(by: target)
        if let expiry = request.authenticated.signature?.expiry { headers.limitAge(until: expiry, now: now) }
        let wanted = try WantedRange(request, record)
        let bytes = wanted.bytes
        if let bytes { headers.add(name: "Content-Range", value: bytes.contentRange(size: record.size)) }
        if sent["x-amz-checksum-mode"]?.lowercased() == "enabled" {
            headers.add(contentsOf: wanted.checksumHeaders(of: record))
        }
        headers.add(contentsOf: wanted.partHeaders(of: record))
        status = wanted.isPartial ? .partialContent : .ok
        range = bytes.map { $0.first..<($0.last + 1) } ?? 0..<(wanted.isEmptyPart ? 0 : record.size)
        self.headers = headers
    }
}

extension ObjectRecord {
    /// The headers that go with 304.
    fileprivate var validatorHeaders: HTTPHeaders {
        var headers: HTTPHeaders = ["ETag": etag.quoted, "Last-Modified": modified.httpDate]
        for name in ["cache-control", "expires"] {
            if let value = attributes.headers[name] { headers.add(name: name, value: HeaderText.field(value)) }
        }
        return headers
    }

    /// The headers of a successful read.
    fileprivate var readHeaders: HTTPHeaders {
        var headers: HTTPHeaders = [
            "ETag": etag.quoted, "Last-Modified": modified.httpDate, "Accept-Ranges": "bytes",
        ]
        for (name, value) in attributes.headers.sorted(by: { $0.key < $1.key }) {
            headers.add(name: Self.spelling[name] ?? name, value: HeaderText.field(value))
        }
        for (name, value) in attributes.metadata.sorted(by: { $0.key < $1.key }) {
            headers.add(name: "x-amz-meta-" + name, value: HeaderText.metadata(value))
        }
        return headers
    }

    private static let spelling = [
        "cache-control": "Cache-Control", "content-disposition": "Content-Disposition",
        "content-encoding": "Content-Encoding", "content-language": "Content-Language",
        "content-type": "Content-Type", "expires": "Expires",
    ]
}
