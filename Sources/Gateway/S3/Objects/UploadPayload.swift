import NIOCore
import ObjectStorage
import S3Protocol

/// The content that a request uploads: how its body is framed, what it declares, and how long it may be.
struct UploadPayload {
    /// What the request declares about the content.
    let demand: ContentDigestDemand
    private let request: S3Request
    private let framing: ChunkedFraming?
    private let limit: Int64

    /// The content of a request's body, at most `limit` bytes.
    ///
    /// - Throws: `EntityTooLarge`, `MissingContentLength`, and the refusals of framing and digests.
    init(_ request: S3Request, limit: Int64) throws(S3Error) {
        self.request = request
        self.limit = limit
        framing = try ChunkedFraming.of(request.http.head, payload: request.authenticated.payload)
        demand = try ContentDigestDemand(
            headers: request.http.head.headers,
            payloadSHA256: request.authenticated.payload.exactSHA256,
            announcedAlgorithm: framing?.announcedTrailer.flatMap { ChecksumAlgorithm(headerName: $0) }
        )
        if let announced = request.http.head.headers["x-amz-sdk-checksum-algorithm"] {
            guard let stated = demand.statedAlgorithm else { throw .checksumWithoutValue }
            guard ChecksumAlgorithm(name: ByteText.trimmed(announced)) == stated else {
                throw .otherChecksumThanAnnounced
            }
        }
        try checkLength()
    }

    /// Whether the request proves what it sends by `Content-MD5` or a checksum, before the content or behind it.
    var hasDigest: Bool {
        demand.statedAlgorithm != nil || request.http.head.headers["Content-MD5"] != nil
    }

    /// Gives the content to `write`, which returns how many bytes it has; returns what has to hold of the whole.
    func stream(_ write: (ByteBuffer) async throws -> Int64) async throws -> ContentDigestDemand {
        var content = PayloadReader(
            request.http.body,
            framing: framing,
            signature: request.authenticated.signature
        )
        while let chunk = try await content.next() {
            let count = try await write(chunk)
            guard count <= limit else { throw S3Error.entityTooLarge(proposed: count, limit: limit) }
        }
        var demand = demand
        // The checksum that came behind the content.
        if let trailer = content.trailer { demand.checksum = trailer.checksum }
        return demand
    }

    private func checkLength() throws(S3Error) {
        guard let length = framing?.decodedLength ?? request.http.contentLength else {
            guard request.http.isChunked else { throw .missingContentLength }
            return
        }
        guard length <= limit else { throw .entityTooLarge(proposed: length, limit: limit) }
    }
}
