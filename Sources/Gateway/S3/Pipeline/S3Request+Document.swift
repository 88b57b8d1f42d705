import NIOCore
import S3Protocol

extension S3Request {
    /// The whole body of an operation that takes a document, held against every digest that the client declared.
    ///
    /// - Throws: `MaxMessageLengthExceeded` beyond `limit`; `InvalidRequest` for a streaming payload, which only uploads
    ///   may have; `XAmzContentSHA256Mismatch`, `BadDigest`.
    func document(upTo limit: Int) async throws -> [UInt8] {
        try await collect(upTo: limit, ContentDigestDemand(headers: http.head.headers))
    }

    /// As `document`, for operations whose checksum headers are of something else than the body.
    func body(upTo limit: Int) async throws -> [UInt8] {
        try await collect(upTo: limit, ContentDigestDemand())
    }

    private func collect(upTo limit: Int, _ digests: ContentDigestDemand) async throws -> [UInt8] {
        if case .streaming = authenticated.payload { throw S3Error.streamingNotAllowed() }
        var demand = digests
        demand.payloadSHA256 = authenticated.payload.exactSHA256
        let body: ByteBuffer?
        do {
            body = try await http.body.collect(upTo: limit)
        } catch let failure as RequestBody.Failure {
            throw failure.s3Error
        }
        guard let body else { throw S3Error.maxMessageLengthExceeded(limit: limit) }
        var digests = ContentDigests(for: demand)
        body.withUnsafeReadableBytes { digests.update($0) }
        try demand.verify(digests.finalize())
        return Array(body.readableBytesView)
    }
}

extension S3Request {
    /// The most bytes of a document that policies look into.
    private static let maximumEarlyDocument = 64 << 10

    /// The same request, its document read already, for policies that look into it.
    ///
    /// - Throws: `MaxMessageLengthExceeded`.
    func withEarlyDocument() async throws -> S3Request {
        let limit = Self.maximumEarlyDocument
        guard let body = try await http.body.collect(upTo: limit) else {
            throw S3Error.maxMessageLengthExceeded(limit: limit)
        }
        return S3Request(
            http: http.replaying(body),
            address: address,
            operation: operation,
            authenticated: authenticated,
            earlyDocument: Array(body.readableBytesView)
        )
    }
}

extension PayloadMode {
    /// The digest that the whole body must have, when the signature covers it.
    var exactSHA256: [UInt8]? {
        guard case .exact(let digest) = self else { return nil }
        return Hex.decode(digest)
    }
}
