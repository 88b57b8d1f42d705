import HTTPTransport
import NIOCore
import S3Protocol

/// A request signed for one attempt: what the transport sends, and how its body is framed on the way.
struct SignedTransfer {
    /// Bodies from this length on wait for the remote's word, so that one that is refused costs nothing.
    static let expectationLength: Int64 = 1 << 20

    let request: TransportRequest
    /// Frames the body; nil for one that goes as it is.
    let encoder: ChunkedEncoder?

    /// Signs a request.
    ///
    /// A body whose hash nobody knows is unsigned over TLS or where it came unsigned in the clear, and else signed chunk by
    /// chunk.
    init(
        _ remote: RemoteRequest,
        endpoint: RemoteEndpoint,
        credentials: RemoteCredentials,
        region: String,
        mayExpectContinue: Bool,
        at now: Timestamp
    ) throws {
        let (origin, path) = endpoint.place(bucket: remote.bucket, key: remote.key, region: region)
        let target = remote.query.map { $0.isEmpty ? path : "\(path)?\($0)" } ?? path
        var headers = HeaderList([HeaderList.Field("Host", origin.hostHeader)] + remote.headers.fields)
        let (mode, framing) = Self.payload(remote.payload, isSecure: origin.scheme == .https)
        if let framing { headers = Self.framed(headers, framing) }
        let signer = SigV4Signer(
            accessKeyID: credentials.accessKeyID,
            secret: credentials.secret,
            region: region,
            securityToken: credentials.securityToken
        )
        let head = RequestHead(method: remote.method, target: try RequestTarget(target), headers: headers)
        let signed = try signer.sign(head, payload: mode, at: now)
        encoder = framing.map { Self.encoder($0, signed, credentials) }
        request = TransportRequest(
            method: remote.method,
            origin: origin,
            target: target,
            headers: signed.headers,
            body: Self.body(remote.payload, framing),
            expectsContinue: mayExpectContinue && Self.expectsContinue(remote.payload),
            timeouts: remote.timeouts
        )
    }

    /// How a body is framed.
    private struct Framing {
        let kind: PayloadMode.Streaming
        let length: Int64
        let trailer: ChecksumAlgorithm?

        var encodedLength: Int64 {
            ChunkedEncoder.length(
                of: length,
                isSigned: kind.isSigned,
                trailer: trailer?.headerName,
                valueLength: trailer.map { ($0.digestLength + 2) / 3 * 4 } ?? 0
            )
        }
    }

    private static func payload(_ payload: RemoteRequest.Payload, isSecure: Bool) -> (PayloadMode, Framing?) {
        switch payload {
        case .none: return (.exact(hash(of: ByteBuffer())), nil)
        case .bytes(let buffer): return (.exact(hash(of: buffer)), nil)
        case .stream(let stream):
            if let sha256 = stream.sha256, stream.trailer == nil { return (.exact(sha256), nil) }
            let mayBeUnsigned = isSecure || stream.isUnsigned
            guard let length = stream.length, !mayBeUnsigned || stream.trailer != nil else { return (.unsigned, nil) }
            let kind: PayloadMode.Streaming =
                isSecure ? .unsignedTrailer : stream.trailer == nil ? .signed : .signedTrailer
            return (.streaming(kind), Framing(kind: kind, length: length, trailer: stream.trailer))
        }
    }

    private static func hash(of buffer: ByteBuffer) -> String {
        var hash = SHA256()
        buffer.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        return Hex.encode(hash.finalize())
    }

    /// The headers with what an aws-chunked body takes.
    ///
    /// `Content-Encoding` does not say so: what the payload is said to be does, and gateways before Ceph 20 keep the word
    /// with the object and give it to browsers (ceph/ceph pull request 64440).
    private static func framed(_ headers: HeaderList, _ framing: Framing) -> HeaderList {
        var framed = headers
        framed.append("x-amz-decoded-content-length", "\(framing.length)")
        if let trailer = framing.trailer { framed.append("x-amz-trailer", trailer.headerName) }
        return framed
    }

    private static func encoder(
        _ framing: Framing,
        _ signed: SigV4Signer.SignedRequest,
        _ credentials: RemoteCredentials
    ) -> ChunkedEncoder {
        let chain = ChunkSignatureChain(
            accessKeyID: credentials.accessKeyID,
            key: signed.signingKey,
            date: signed.date,
            scope: signed.scope,
            seed: signed.signature
        )
        return ChunkedEncoder(chain: framing.kind.isSigned ? chain : nil, trailer: framing.trailer?.headerName)
    }

    private static func body(_ payload: RemoteRequest.Payload, _ framing: Framing?) -> TransportRequest.Body {
        switch payload {
        case .none: .none
        case .bytes(let buffer): .bytes(buffer)
        case .stream(let stream): .stream(length: framing?.encodedLength ?? stream.length)
        }
    }

    private static func expectsContinue(_ payload: RemoteRequest.Payload) -> Bool {
        guard case .stream(let stream) = payload else { return false }
        return stream.length.map { $0 >= expectationLength } ?? true
    }
}
