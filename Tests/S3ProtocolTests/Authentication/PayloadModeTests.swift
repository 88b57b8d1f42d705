import S3Protocol
import Testing

@Suite("Payload mode")
struct PayloadModeTests {
    private func head(_ value: String?) throws -> RequestHead {
        try SigV4Fixture.head("PUT", "/b/k", value.map { [("X-Amz-Content-Sha256", $0)] } ?? [])
    }

    @Test("Each known value is read and written")
    func knownValues() throws {
        let values: [(String, PayloadMode)] = [
            (SigV4Fixture.emptyHash, .exact(SigV4Fixture.emptyHash)), ("UNSIGNED-PAYLOAD", .unsigned),
            ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", .streaming(.signed)),
            ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", .streaming(.signedTrailer)),
            ("STREAMING-UNSIGNED-PAYLOAD-TRAILER", .streaming(.unsignedTrailer)),
        ]
        for (text, mode) in values {
            #expect(try PayloadMode(text) == mode)
            #expect(mode.canonicalText == text)
        }
    }

    @Test("Other values are refused", arguments: ["", "abc", "unsigned-payload", "STREAMING-X", "zz"])
    func unknownValues(text: String) {
        let error = SigV4Fixture.error { _ = try PayloadMode(text) }
        #expect(error?.code == "InvalidArgument")
        #expect(error?.message.hasPrefix("x-amz-content-sha256 must be UNSIGNED-PAYLOAD, ") == true)
        #expect(error?.detail("ArgumentValue") == text)
    }

    @Test("SigV4A streaming is not implemented")
    func asymmetric() {
        let error = SigV4Fixture.error { _ = try PayloadMode("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER") }
        #expect(error?.status == 501)
    }

    @Test("A request without a key may stream unsigned chunks only")
    func anonymous() throws {
        #expect(try PayloadMode.withoutSigningKey(head(nil)) == .unsigned)
        let mode = try PayloadMode.withoutSigningKey(head("STREAMING-UNSIGNED-PAYLOAD-TRAILER"))
        #expect(mode == .streaming(.unsignedTrailer))
        let error = SigV4Fixture.error {
            _ = try PayloadMode.withoutSigningKey(head("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"))
        }
        #expect(error?.message.hasPrefix("Anonymous requests don't support this") == true)
    }

    @Test("The digest of the body is held against the signed one")
    func bodyDigest() throws {
        let mode = PayloadMode.exact(SigV4Fixture.emptyHash)
        try mode.check(bodySHA256: Hex.decode(SigV4Fixture.emptyHash)!)
        try PayloadMode.unsigned.check(bodySHA256: [])
        let error = SigV4Fixture.error { try mode.check(bodySHA256: [0xAB]) }
        #expect(error?.code == "XAmzContentSHA256Mismatch")
        #expect(error?.details.map(\.value) == [SigV4Fixture.emptyHash, "ab"])
    }
}
