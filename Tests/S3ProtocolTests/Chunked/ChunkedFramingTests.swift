import S3Protocol
import Testing

@Suite("Framing of a body by its head")
struct ChunkedFramingTests {
    private func framing(_ payload: PayloadMode, _ headers: [(String, String)]) throws -> ChunkedFraming? {
        try ChunkedFraming.of(SigV4Fixture.head("PUT", "/b/k", headers), payload: payload)
    }

    private let length = ("x-amz-decoded-content-length", "11")

    @Test("The payload mode decides, not Content-Encoding")
    func modeDecides() throws {
        let chunked = ("Content-Encoding", "gzip, AWS-chunked")
        #expect(try framing(.exact(SigV4Fixture.emptyHash), [chunked, length]) == nil)
        #expect(try framing(.unsigned, [length]) == nil)
        let streaming = try framing(.streaming(.signed), [length])
        #expect(streaming == ChunkedFraming(kind: .signed, decodedLength: 11))
    }

    @Test("An unsigned payload that says aws-chunked is decoded when its length is known, else refused")
    func unsignedPayload() throws {
        let chunked = ("Content-Encoding", "aws-chunked")
        #expect(try framing(.unsigned, [chunked, length])?.kind == .unsignedTrailer)
        let error = SigV4Fixture.error { _ = try framing(.unsigned, [chunked]) }
        #expect(error?.message.hasPrefix("aws-chunked encoding is not supported when") == true)
    }

    @Test("The decoded length is required", arguments: [nil, "", "abc", "-1", "1 1", "99999999999999999999"])
    func decodedLength(value: String?) {
        let fields = value.map { [("x-amz-decoded-content-length", $0)] } ?? []
        let error = SigV4Fixture.error { _ = try framing(.streaming(.unsignedTrailer), fields) }
        #expect(error?.code == "MissingContentLength")
        #expect(error?.status == 411)
    }

    @Test("A trailer announces one known checksum")
    func trailer() throws {
        let announced = try framing(
            .streaming(.unsignedTrailer),
            [length, ("X-Amz-Trailer", " X-Amz-Checksum-SHA256 ")]
        )
        #expect(announced?.announcedTrailer == "x-amz-checksum-sha256")
        for value in ["x-amz-checksum-crc16", "x-amz-meta-a", "x-amz-checksum-crc32,x-amz-checksum-sha1", ""] {
            let error = SigV4Fixture.error {
                _ = try framing(.streaming(.signedTrailer), [length, ("x-amz-trailer", value)])
            }
            #expect(error?.message == "The value specified in the x-amz-trailer header is not supported")
        }
        let twice = SigV4Fixture.error {
            _ = try framing(
                .streaming(.unsignedTrailer),
                [length, ("x-amz-trailer", "x-amz-checksum-crc32"), ("x-amz-checksum-crc32", "AAAAAA==")]
            )
        }
        #expect(twice?.message.hasPrefix("Expecting a single x-amz-checksum- header.") == true)
    }

    @Test("aws-chunked is not stored")
    func storedEncoding() {
        #expect(ChunkedFraming.storedContentEncoding(["gzip,aws-chunked"]) == "gzip")
        #expect(ChunkedFraming.storedContentEncoding(["aws-chunked, gzip", "br"]) == "gzip,br")
        #expect(ChunkedFraming.storedContentEncoding(["aws-chunked"]) == nil)
        #expect(ChunkedFraming.storedContentEncoding([]) == nil)
    }
}
