import S3Protocol
import Testing

@Suite("aws-chunked decoder")
struct ChunkedDecoderTests {
    private static let trailer = "x-amz-checksum-crc32:DUoRhQ==\r\n"

    @Test("A body cut at any byte is refused")
    func truncated() {
        let wires = [
            (ChunkedBody.smallWire, ChunkedBody.signed(11)),
            ("b\r\nhello world\r\n0\r\n\(Self.trailer)\r\n", ChunkedBody.unsigned(11)),
        ]
        for (wire, decoder) in wires {
            for length in 0..<wire.utf8.count {
                let cut = String(decoding: wire.utf8.prefix(length), as: UTF8.self)
                #expect(ChunkedBody.error(cut, decoder)?.code == "IncompleteBody", "cut at \(length)")
            }
        }
    }

    @Test("A wrong second chunk signature is refused before the end", arguments: [1, 64, Int.max])
    func wrongSecondSignature(step: Int) throws {
        let first = ChunkedBody.small
        let wire = "b;chunk-signature=\(first)\r\nhello world\r\nb;chunk-signature=\(first)\r\nhello world\r\n"
        let error = ChunkedBody.error(wire, ChunkedBody.signed(22), step: step)
        #expect(error?.code == "SignatureDoesNotMatch")
        #expect(error?.detail("StringToSign")?.hasPrefix("AWS4-HMAC-SHA256-PAYLOAD\n20130524T000000Z\n") == true)
    }

    @Test("Changed content does not match its signature")
    func changedContent() {
        let wire = ChunkedBody.smallWire.split(separator: "world").joined(separator: "WORLD")
        #expect(ChunkedBody.error(wire, ChunkedBody.signed(11))?.code == "SignatureDoesNotMatch")
    }

    @Test("After an error every call fails")
    func staysInError() {
        var decoder = ChunkedBody.unsigned(1)
        let error = SigV4Fixture.error { _ = try decoder.feed(Array("zz\r\n".utf8)) }
        #expect(error?.code == "IncompleteBody")
        #expect(SigV4Fixture.error { _ = try decoder.feed([]) } == error)
        #expect(SigV4Fixture.error { try decoder.finish() } == error)
    }

    @Test("The decoded length has to be exact", arguments: [10, 12, 0] as [Int64])
    func decodedLength(length: Int64) {
        let wire = "b\r\nhello world\r\n0\r\n\(Self.trailer)\r\n"
        let error = ChunkedBody.error(wire, ChunkedBody.unsigned(length))
        #expect(error?.code == "IncompleteBody")
        #expect(error?.message.hasPrefix("You did not provide the number of bytes") == true)
        #expect(ChunkedBody.error(ChunkedBody.smallWire, ChunkedBody.signed(length))?.code == "IncompleteBody")
    }

    @Test("Chunks of one byte, other extensions and either case of the size are taken")
    func oddChunks() throws {
        let single = "hello world".map { "1\r\n\($0)\r\n" }.joined()
        let wires = [
            "\(single)0\r\n\(Self.trailer)\r\n", "B;ext=1;a\r\nhello world\r\n0;x\r\n\(Self.trailer)\r\n",
            "000000000000000b\r\nhello world\r\n00\r\n\(Self.trailer)\r\n",
        ]
        for wire in wires {
            for step in [1, Int.max] {
                let result = try ChunkedBody.decode(Array(wire.utf8), ChunkedBody.unsigned(11), step: step)
                #expect(result.content == Array("hello world".utf8))
            }
        }
    }

    @Test("An empty body is a lone last chunk")
    func empty() throws {
        let result = try ChunkedBody.decode(Array("0\r\n\r\n".utf8), ChunkedBody.unsigned(0, trailer: nil))
        #expect(result == ChunkedBody.Result(content: [], trailer: nil, hasEnded: true))
    }

    @Test(
        "Broken framing is refused",
        arguments: [
            "\r\n", "g\r\n", "-1\r\n", "+b\r\n", " b\r\n", "b \r\n", "0xb\r\n", "b\nhello world\r\n",
            "b\r\nhello world0\r\n", "b\r\nhello world\n0\r\n", "b\r\nhello world!\r\n0\r\n", "10000000000000000\r\n",
            "ffffffffffffffff\r\n", ";chunk-signature=a\r\n",
        ]
    )
    func brokenFraming(wire: String) {
        for step in [1, Int.max] {
            #expect(ChunkedBody.error(wire, ChunkedBody.unsigned(11), step: step)?.code == "IncompleteBody")
        }
    }

    @Test("A signed chunk needs its signature", arguments: ["b\r\n", "b;chunk-signature=\r\n", "b;x=1\r\n"])
    func missingSignature(wire: String) {
        #expect(ChunkedBody.error(wire, ChunkedBody.signed(11))?.code == "IncompleteBody")
    }

    @Test("A line of framing is bounded", arguments: [1, 1_000, Int.max])
    func longLine(step: Int) {
        let wire = "b;" + String(repeating: "x", count: 5_000)
        let error = ChunkedBody.error(wire, ChunkedBody.unsigned(11), step: step)
        #expect(error?.reason == "a line of framing that is too long")
    }

    @Test(
        "A trailer other than the announced one is refused",
        arguments: [
            "\r\n", "x-amz-checksum-crc32c:DUoRhQ==\r\n\r\n", "x-amz-checksum-crc32\r\n\r\n",
            "\(trailer)\(trailer)\r\n", "\(trailer)x-amz-trailer-signature:a\r\n\r\n", "\(trailer)\r\nmore\r\n",
            "\(trailer)\r\n\r\n\r\n",
        ]
    )
    func wrongTrailer(end: String) {
        for step in [1, Int.max] {
            let error = ChunkedBody.error("b\r\nhello world\r\n0\r\n" + end, ChunkedBody.unsigned(11), step: step)
            #expect(error?.code == "MalformedTrailerError")
        }
    }

    @Test("A trailer that was not announced is refused in every kind")
    func unannouncedTrailer() {
        let wire = "b\r\nhello world\r\n0\r\n\(Self.trailer)\r\n"
        #expect(ChunkedBody.error(wire, ChunkedBody.unsigned(11, trailer: nil))?.code == "MalformedTrailerError")
        let signed = ChunkedBody.smallWire.dropLast() + Self.trailer + "\r\n"
        #expect(ChunkedBody.error(String(signed), ChunkedBody.signed(11))?.code == "MalformedTrailerError")
        #expect(ChunkedBody.error(ChunkedBody.smallWire + "\r\n", ChunkedBody.signed(11)) != nil)
    }

    @Test("A trailer's checksum has the length of its algorithm", arguments: ["DUoR", "", "!", "DUoRhQ==DUoRhQ=="])
    func badChecksum(value: String) {
        let wire = "b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:\(value)\r\n\r\n"
        let error = ChunkedBody.error(wire, ChunkedBody.unsigned(11))
        #expect(error?.message == "Value for x-amz-checksum-crc32 trailing header is invalid.")
    }

    @Test("Blank lines before a trailer signature are bounded")
    func endlessBlankLines() {
        let framing = ChunkedFraming(
            kind: .signedTrailer,
            decodedLength: 0,
            announcedTrailer: "x-amz-checksum-crc32"
        )
        var chain = ChunkedBody.chain(seed: "seed")
        let first = chain.sign(chunkSHA256: Hex.decode(SigV4Fixture.emptyHash)!)
        let wire = "0;chunk-signature=\(first)\r\n" + String(repeating: "\r\n", count: 20)
        let decoder = ChunkedDecoder(framing, chain: ChunkedBody.chain(seed: "seed"))
        #expect(ChunkedBody.error(wire, decoder)?.code == "MalformedTrailerError")
    }

    @Test("AWS's smallest chunk is enforced when asked for")
    func smallestChunk() {
        var limits = ChunkedDecoder.Limits()
        limits.smallestSignedChunk = 8_192
        let framing = ChunkedFraming(kind: .signed, decodedLength: 22)
        let decoder = ChunkedDecoder(framing, chain: ChunkedBody.chain(seed: ChunkedBody.smallSeed), limits: limits)
        let wire = "b;chunk-signature=\(ChunkedBody.small)\r\nhello world\r\nb;chunk-signature=\(ChunkedBody.small)\r\n"
        let error = ChunkedBody.error(wire, decoder)
        #expect(error?.code == "InvalidChunkSizeError")
        #expect(error?.details.map(\.value) == ["1", "11"])
    }

    @Test("Content is told as offsets into the piece that was fed")
    func offsets() throws {
        var decoder = ChunkedBody.unsigned(11, trailer: nil)
        #expect(try decoder.feed(Array("5\r\nhel".utf8)) == [.data(3..<6)])
        #expect(try decoder.feed(Array("lo\r\n6\r\n world\r\n0\r\n".utf8)) == [.data(0..<2), .data(7..<13)])
        #expect(try decoder.feed(Array("\r\n".utf8)) == [.end(nil)])
        try decoder.finish()
    }
}
