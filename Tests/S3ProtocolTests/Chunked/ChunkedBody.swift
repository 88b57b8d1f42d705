import S3Protocol

/// Builds aws-chunked bodies and runs decoders over them.
enum ChunkedBody {
    struct Result: Equatable {
        var content: [UInt8] = []
        var trailer: ChunkedTrailer?
        var hasEnded = false
    }

    static let small = "7a69313335dbbc473eb9627d315a6d01961cb537ae2857c3568548c5b28d4dde"
    static let smallEnd = "358af712ebc40245b451e096c69028c61472dc8ccb286747998be7b66b698cc6"
    static let smallSeed = "c8380c6c694b27b7bc414261ecb05fad9984b7fd93006f46dca181794df11fa6"
    static let smallWire = "b;chunk-signature=\(small)\r\nhello world\r\n0;chunk-signature=\(smallEnd)\r\n\r\n"

    static func chain(seed: String) -> ChunkSignatureChain {
        ChunkSignatureChain(
            accessKeyID: SigV4Fixture.accessKeyID,
            key: SigningKey(secret: SigV4Fixture.secret, scope: SigV4Fixture.scope),
            date: "20130524T000000Z",
            scope: SigV4Fixture.scope,
            seed: seed
        )
    }

    /// Feeds `wire` in pieces of `step` bytes and says that the body is over.
    static func decode(_ wire: [UInt8], _ decoder: ChunkedDecoder, step: Int = .max) throws -> Result {
        var decoder = decoder
        var result = Result()
        var offset = 0
        while offset < wire.count {
            let piece = Array(wire[offset..<offset + min(step, wire.count - offset)])
            for event in try decoder.feed(piece) {
                switch event {
                case .data(let range): result.content += piece[range]
                case .end(let trailer): (result.trailer, result.hasEnded) = (trailer, true)
                }
            }
            offset += piece.count
        }
        try decoder.finish()
        return result
    }

    static func error(_ wire: String, _ decoder: ChunkedDecoder, step: Int = .max) -> S3Error? {
        SigV4Fixture.error { _ = try decode(Array(wire.utf8), decoder, step: step) }
    }

    static func unsigned(_ length: Int64, trailer: String? = "x-amz-checksum-crc32") -> ChunkedDecoder {
        ChunkedDecoder(ChunkedFraming(kind: .unsignedTrailer, decodedLength: length, announcedTrailer: trailer))
    }

    static func signed(_ length: Int64, seed: String = smallSeed) -> ChunkedDecoder {
        ChunkedDecoder(ChunkedFraming(kind: .signed, decodedLength: length), chain: chain(seed: seed))
    }
}
