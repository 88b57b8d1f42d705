import NIOCore
import ObjectStorage
import RemoteS3
import S3Protocol

/// The body of a request on its way to a remote S3: framing comes off here, and what vouches for it is checked here.
///
/// The last piece is held back until everything behind it was right: the remote would take the object for whole.
final class ForwardedBody {
    /// What the remote is told of it.
    let payload: RemoteRequest.Payload
    /// Whether it came as aws-chunked.
    let isFramed: Bool
    private let pool: BlockingPool
    private var reader: PayloadReader
    private var held: ByteBuffer?
    private var checksummer: Checksummer?
    private var isVerified = false

    /// The body of a request; `pool` is where checksums are computed.
    ///
    /// - Throws: the refusals of the framing; `MissingContentLength` for a body whose length nobody knows.
    init(_ request: S3Request, pool: BlockingPool) throws(S3Error) {
        let authenticated = request.authenticated
        let framing = try ChunkedFraming.of(request.http.head, payload: authenticated.payload)
        let trailer = framing?.announcedTrailer.flatMap { ChecksumAlgorithm(headerName: $0) }
        self.pool = pool
        isFramed = framing != nil
        reader = PayloadReader(request.http.body, framing: framing, signature: authenticated.signature)
        checksummer = trailer.map { Checksummer($0) }
        guard framing != nil || !request.http.hasNoBody else {
            try authenticated.payload.check(bodySHA256: Checksummer(.sha256).finalize().digest)
            payload = .none
            return
        }
        guard let length = framing?.decodedLength ?? request.http.contentLength else { throw .missingContentLength }
        var stream = RemoteRequest.Stream(length: length, trailer: trailer)
        if case .exact(let digest) = authenticated.payload { stream.sha256 = digest }
        // Whoever sent it so over TLS counted on that to keep it as it was.
        if case .unsigned = authenticated.payload { stream.isUnsigned = !request.http.isSecure }
        payload = .stream(stream)
    }

    /// The body for the remote.
    var remote: RemoteBody? {
        guard case .stream = payload else { return nil }
        return RemoteBody(trailer: { self.reader.trailer?.value }, next: { try await self.next() })
    }

    private func next() async throws -> ByteBuffer? {
        guard isFramed else { return try await reader.next() }
        while let piece = try await reader.next() {
            try await note(piece)
            defer { held = piece }
            if let ready = held { return ready }
        }
        try verify()
        defer { held = nil }
        return held
    }

    private func note(_ piece: ByteBuffer) async throws {
        guard let begun = checksummer else { return }
        checksummer = try await pool.run {
            var checksummer = begun
            piece.withUnsafeReadableBytes { checksummer.update($0) }
            return checksummer
        }
    }

    private func verify() throws(S3Error) {
        guard !isVerified, let checksummer else { return }
        isVerified = true
        guard let stated = reader.trailer?.checksum else { return }
        guard stated == checksummer.finalize() else { throw .badChecksum(stated.algorithm) }
    }
}
