import S3Protocol
import Testing

@Suite("Published aws-chunked vectors")
struct ChunkedVectorTests {
    private static let content = [UInt8](repeating: UInt8(ascii: "a"), count: 66_560)

    private static func wire(_ signatures: [String], end: String) -> [UInt8] {
        Array("10000;chunk-signature=\(signatures[0])\r\n".utf8) + content[..<65_536]
            + Array("\r\n400;chunk-signature=\(signatures[1])\r\n".utf8) + content[65_536...]
            + Array("\r\n0;chunk-signature=\(signatures[2])\r\n\(end)".utf8)
    }

    private static let signed = wire(
        [
            "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
            "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
            "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
        ],
        end: "\r\n"
    )
    private static let trailerSignature = "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"

    private static func withTrailer(_ end: String) -> [UInt8] {
        wire(
            [
                "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
                "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
                "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
            ],
            end: end
        )
    }

    @Test("Signed chunks decode in pieces of any size", arguments: [1, 7, 100, 8_192, 65_536, Int.max])
    func signedChunks(step: Int) throws {
        let seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
        #expect(Self.signed.count == 66_824)
        let result = try ChunkedBody.decode(Self.signed, ChunkedBody.signed(66_560, seed: seed), step: step)
        #expect(result == ChunkedBody.Result(content: Self.content, trailer: nil, hasEnded: true))
    }

    @Test(
        "Signed chunks with a trailer decode with every line end that clients write",
        arguments: [
            "x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-trailer-signature:SIG\r\n\r\n",
            "x-amz-checksum-crc32c:sOO8/Q==\n\r\nx-amz-trailer-signature:SIG\r\n\r\n",
            "x-amz-checksum-crc32c:sOO8/Q==\nx-amz-trailer-signature:SIG\n\n",
            "x-amz-checksum-crc32c:sOO8/Q==\r\n\r\nx-amz-trailer-signature:SIG\r\n",
            "X-Amz-Checksum-CRC32C:  sOO8/Q== \r\nX-Amz-Trailer-Signature: SIG\r\n\r\n",
        ],
        [1, Int.max]
    )
    func signedTrailer(end: String, step: Int) throws {
        let parts = end.split(separator: "SIG", omittingEmptySubsequences: false).map(String.init)
        let seed = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
        let framing = ChunkedFraming(
            kind: .signedTrailer,
            decodedLength: 66_560,
            announcedTrailer: "x-amz-checksum-crc32c"
        )
        let decoder = ChunkedDecoder(framing, chain: ChunkedBody.chain(seed: seed))
        let wire = Self.withTrailer(parts.joined(separator: Self.trailerSignature))
        let result = try ChunkedBody.decode(wire, decoder, step: step)
        #expect(result.content == Self.content)
        #expect(result.trailer?.name == "x-amz-checksum-crc32c")
        #expect(result.trailer?.value == "sOO8/Q==")

        let forged = Self.withTrailer(parts.joined(separator: String(repeating: "0", count: 64)))
        let error = SigV4Fixture.error { _ = try ChunkedBody.decode(forged, decoder, step: step) }
        #expect(error?.code == "SignatureDoesNotMatch")
    }

    @Test("Unsigned chunks with a trailer decode", arguments: [1, 2, 3, 5, Int.max])
    func unsignedTrailer(step: Int) throws {
        let wire = Array("b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n".utf8)
        #expect(wire.count == 52)
        let result = try ChunkedBody.decode(wire, ChunkedBody.unsigned(11), step: step)
        #expect(result.content == Array("hello world".utf8))
        #expect(result.trailer?.value == "DUoRhQ==")

        for end in ["\n\r\n", "\n\n", "\n\r\n\r\n"] {
            let wire = Array("b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\(end)".utf8)
            #expect(try ChunkedBody.decode(wire, ChunkedBody.unsigned(11), step: step) == result)
        }
    }

    @Test("Small signed chunks decode, and a client's chain writes the same signatures", arguments: [1, Int.max])
    func small(step: Int) throws {
        let wire = Array(ChunkedBody.smallWire.utf8)
        #expect(wire.count == 183)
        let result = try ChunkedBody.decode(wire, ChunkedBody.signed(11), step: step)
        #expect(result.content == Array("hello world".utf8))

        var chain = ChunkedBody.chain(seed: ChunkedBody.smallSeed)
        let digest = Hex.decode("b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9")!
        #expect(chain.sign(chunkSHA256: digest) == ChunkedBody.small)
        #expect(chain.sign(chunkSHA256: Hex.decode(SigV4Fixture.emptyHash)!) == ChunkedBody.smallEnd)
    }

    @Test("The chain goes on from a verified request")
    func fromRequest() throws {
        let head = try SigV4Fixture.signedHead(
            "PUT",
            signed: [("x-amz-decoded-content-length", "11")],
            payload: .streaming(.signed)
        )
        let verified = try SigV4Fixture.verify(head)
        let framing = try #require(try ChunkedFraming.of(head, payload: verified.payload))
        let decoder = ChunkedDecoder(framing, chain: verified.chunkSignatures)
        #expect(verified.seedSignature == ChunkedBody.smallSeed)
        #expect(try ChunkedBody.decode(Array(ChunkedBody.smallWire.utf8), decoder).hasEnded)
    }
}
