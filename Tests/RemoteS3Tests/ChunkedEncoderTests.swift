import NIOCore
import RemoteS3
import S3Protocol
import Testing

@Suite("Framed bodies for a remote") struct ChunkedEncoderTests {
    private static let date = Timestamp(iso8601: "2013-05-24T00:00:00Z")!

    private func signed(_ kind: PayloadMode.Streaming) throws -> SigV4Signer.SignedRequest {
        let signer = SigV4Signer(accessKeyID: "AKIA", secret: SigningSecret("secret"), region: "us-east-1")
        let head = RequestHead(method: "PUT", target: try RequestTarget("/b/k"), headers: HeaderList([("Host", "h")]))
        return try signer.sign(head, payload: .streaming(kind), at: Self.date)
    }

    private func chain(_ signed: SigV4Signer.SignedRequest) -> ChunkSignatureChain {
        ChunkSignatureChain(
            accessKeyID: "AKIA",
            key: signed.signingKey,
            date: signed.date,
            scope: signed.scope,
            seed: signed.signature
        )
    }

    @Test(arguments: PayloadMode.Streaming.allCases, [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000])
    func `what is framed here is unframed by our own decoder, and has the announced length`(
        kind: PayloadMode.Streaming,
        length: Int
    ) throws {
        let signed = try signed(kind)
        let content = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let trailer = kind == .signed ? nil : ChecksumAlgorithm.crc32c.headerName
        let value = Checksummer.checksum(of: content, .crc32c).base64
        var encoder = ChunkedEncoder(chain: kind.isSigned ? chain(signed) : nil, trailer: trailer)
        var framed: [UInt8] = []
        var rest = content[...]
        while !rest.isEmpty {
            let piece = Array(rest.prefix(70_001))
            rest = rest.dropFirst(piece.count)
            for part in encoder.add(ByteBuffer(bytes: piece)) { framed += part.readableBytesView }
        }
        for part in encoder.finish(trailerValue: value) { framed += part.readableBytesView }
        let announced = ChunkedEncoder.length(
            of: Int64(length),
            isSigned: kind.isSigned,
            trailer: trailer,
            valueLength: value.utf8.count
        )
        #expect(Int64(framed.count) == announced)
        try check(framed, content, kind, trailer, signed)
    }

    private func check(
        _ framed: [UInt8],
        _ content: [UInt8],
        _ kind: PayloadMode.Streaming,
        _ trailer: String?,
        _ signed: SigV4Signer.SignedRequest
    ) throws {
        let framing = ChunkedFraming(kind: kind, decodedLength: Int64(content.count), announcedTrailer: trailer)
        var decoder = ChunkedDecoder(framing, chain: kind.isSigned ? chain(signed) : nil)
        var (decoded, found): ([UInt8], ChunkedTrailer?) = ([], nil)
        for event in try framed.withUnsafeBytes({ try decoder.feed($0) }) {
            switch event {
            case .data(let range): decoded += framed[range]
            case .end(let trailer): found = trailer
            }
        }
        try decoder.finish()
        #expect(decoded == content)
        #expect(found?.name == trailer)
    }
}
