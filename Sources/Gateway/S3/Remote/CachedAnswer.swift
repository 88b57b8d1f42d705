import NIOHTTP1
import RemoteS3
import S3Protocol

/// Status, headers and range of the answer to a read of a copy; as `ObjectAnswer`, with the headers that the remote gave.
struct CachedAnswer {
    private static let ofNotModified = Set(["etag", "last-modified", "cache-control", "expires", "x-amz-version-id"])
    private static let conditions = [
        "Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since",
    ]

    let status: HTTPResponseStatus
    let headers: HTTPHeaders
    /// The bytes to send; nil when there is no body.
    let range: Range<Int64>?

    /// Refuses what can be refused before the object is looked for.
    ///
    /// - Throws: `InvalidArgument` for `response-…` parameters.
    static func check(_ request: S3Request) throws(S3Error) {
        var headers = HTTPHeaders()
        try headers.override(by: request.http.head.target)
    }

    /// Whether not all of the content may be wanted.
    static func isConditional(_ request: S3Request) -> Bool {
        conditions.contains { request.http.head.headers[$0] != nil }
    }

    /// Whether another's answer is none to this request.
    static func isOfItsOwn(_ request: S3Request) -> Bool {
        isConditional(request)
            || request.http.head.target.parameters.contains { ByteText.hasPrefix($0.name, "response-") }
    }

    /// The answer to a read of an object with this head.
    ///
    /// - Throws: `PreconditionFailed`, `InvalidRange`.
    init(_ head: CachedHead, _ request: S3Request, _ forwarder: RemoteForwarder, _ route: RemoteRoute) throws(S3Error) {
        let (sent, now) = (request.http.head.headers, forwarder.services.clock())
        let outcome = try ReadPreconditions.evaluate(
            sent,
            etag: ETag(head.etag),
            lastModified: head.modified,
            now: now
        )
        let kept = ForwardedHead.response(
            head.headers,
            region: forwarder.services.region,
            answersOrigins: forwarder.answersOrigins(of: route)
        )
        guard outcome == .proceed else {
            headers = kept.only { Self.ofNotModified.contains($0) }
            (status, range) = (.notModified, nil)
            return
        }
        let bytes = try ByteRange(header: sent["Range"], size: head.size)
        let hasChecksums =
            sent["x-amz-checksum-mode"]?.lowercased() == "enabled" && (bytes?.count ?? head.size) == head.size
        var headers = kept.only { hasChecksums || !ByteText.hasPrefix($0, "x-amz-checksum-") }
        headers.add(name: "Accept-Ranges", value: "bytes")
        try headers.override(by: request.http.head.target)
        if let expiry = request.authenticated.signature?.expiry { headers.limitAge(until: expiry, now: now) }
        if let bytes { headers.add(name: "Content-Range", value: bytes.contentRange(size: head.size)) }
        status = bytes == nil ? .ok : .partialContent
        range = bytes.map { $0.first..<($0.last + 1) } ?? 0..<head.size
        self.headers = headers
    }
}

extension HTTPHeaders {
    /// Those whose names, in lower case, are wanted.
    fileprivate func only(_ isWanted: (String) -> Bool) -> HTTPHeaders {
        HTTPHeaders(filter { isWanted(ByteText.lowercasedASCII($0.name)) })
    }
}
