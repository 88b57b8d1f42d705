import S3Protocol
import Testing

@Suite struct ContentDigestDemandTests {
    private let computed = {
        var digests = ContentDigests(.crc32, withSHA256: true)
        Array("test data".utf8).withUnsafeBytes { digests.update($0) }
        return digests.finalize()
    }()

    @Test("Headers of any case are read, and those that carry no checksum passed over")
    func headers() throws {
        let demand = try ContentDigestDemand(
            headers: HeaderList([
                ("Content-MD5", " 63M6AMDJ0zbmVpGjerVCkw== "),
                ("X-Amz-Checksum-CRC32", "0wiusg=="),
                ("x-amz-checksum-type", "FULL_OBJECT"),
                ("x-amz-checksum-algorithm", "CRC32"),
                ("x-amz-checksum-mode", "ENABLED"),
                ("x-amz-sdk-checksum-algorithm", "CRC32"),
            ])
        )
        #expect(demand.contentMD5 == computed.md5)
        #expect(demand.checksum == computed.checksum)
        #expect(demand.checksumAlgorithm == .crc32)
        try demand.verify(computed)
    }

    @Test("A checksum of MD5 may stand beside Content-MD5")
    func bothMD5() throws {
        let demand = try ContentDigestDemand(
            headers: HeaderList([
                ("Content-MD5", "63M6AMDJ0zbmVpGjerVCkw=="), ("x-amz-checksum-md5", "63M6AMDJ0zbmVpGjerVCkw=="),
            ])
        )
        var digests = ContentDigests(for: demand)
        Array("test data".utf8).withUnsafeBytes { digests.update($0) }
        try demand.verify(digests.finalize())
        #expect(throws: S3Error.self) { try demand.verify(computed) }
    }

    @Test("No header demands nothing")
    func noHeaders() throws {
        let demand = try ContentDigestDemand(headers: HeaderList([("Host", "example.com")]))
        #expect(demand == ContentDigestDemand())
        try demand.verify(computed)
    }

    @Test(
        "Headers that cannot be honoured are refused",
        arguments: [
            (
                [("x-amz-checksum-crc32", "0wiusg=="), ("x-amz-checksum-sha1", "9I3YU4IIYIFsddVND1hNyGMyenw=")],
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
            ),
            (
                [("x-amz-checksum-crc32", "0wiusg=="), ("X-AMZ-CHECKSUM-CRC32", "0wiusg==")],
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
            ),
            ([("x-amz-checksum-crc32c", "0wiusg")], "Value for x-amz-checksum-crc32c header is invalid."),
            ([("x-amz-checksum-sha256", "")], "Value for x-amz-checksum-sha256 header is invalid."),
            (
                [("x-amz-checksum-xxhash32", "AAAAAA==")],
                "The algorithm type you specified in x-amz-checksum- header is invalid."
            ),
            ([("x-amz-checksum-", "")], "The algorithm type you specified in x-amz-checksum- header is invalid."),
        ]
    )
    func refused(_ headers: [(String, String)], _ message: String) {
        let refusal = #expect(throws: S3Error.self) { try ContentDigestDemand(headers: HeaderList(headers)) }
        #expect(refusal?.code == "InvalidRequest")
        #expect(refusal?.message == message)
    }

    @Test(
        "A Content-MD5 that is not base64 of 16 bytes is refused",
        arguments: [
            "", "AWS", "63M6AMDJ0zbmVpGjerVCkw", "63M6AMDJ0zbmVpGjerVCk===", "eb733a00c0c9d336e65691a37ab54293",
            "rL0Y20zC+Fzt72VPzMSk2A==,rL0Y20zC+Fzt72VPzMSk2A==", "63M6AMDJ0zbmVpGjerVCkx==",
        ]
    )
    func malformedMD5(_ value: String) {
        let refusal = #expect(throws: S3Error.self) {
            try ContentDigestDemand(headers: HeaderList([("content-md5", value)]))
        }
        #expect(refusal?.code == "InvalidDigest")
        #expect(refusal?.message == "The Content-MD5 you specified was invalid.")
        #expect(refusal?.details == [.init("Content-MD5", value)])
    }

    @Test("A Content-MD5 that is sent twice is refused")
    func repeatedMD5() {
        let headers = HeaderList([
            ("Content-MD5", "63M6AMDJ0zbmVpGjerVCkw=="), ("content-md5", "63M6AMDJ0zbmVpGjerVCkw=="),
        ])
        #expect(throws: S3Error.self) { try ContentDigestDemand(headers: headers) }
    }

    @Test("Another MD5 is refused with both digests")
    func wrongMD5() {
        let demand = ContentDigestDemand(contentMD5: [UInt8](repeating: 0xAB, count: 16))
        let refusal = #expect(throws: S3Error.self) { try demand.verify(computed) }
        #expect(refusal?.code == "BadDigest")
        #expect(refusal?.message == "The Content-MD5 you specified did not match what we received.")
        #expect(
            refusal?.details == [
                .init("ExpectedDigest", "abababababababababababababababab"),
                .init("CalculatedDigest", "63M6AMDJ0zbmVpGjerVCkw=="),
            ]
        )
    }

    @Test("Another checksum is refused, and one that was not computed", arguments: ChecksumAlgorithm.allCases)
    func wrongChecksum(_ algorithm: ChecksumAlgorithm) {
        let demand = ContentDigestDemand(checksum: Checksummer.checksum(of: [], algorithm))
        let refusal = #expect(throws: S3Error.self) { try demand.verify(computed) }
        #expect(refusal?.code == "BadDigest")
        #expect(
            refusal?.message == "The \(algorithm.rawValue) you specified did not match the calculated checksum."
        )
        #expect(refusal?.details == [])
    }

    @Test("Another payload hash is refused before everything else")
    func wrongPayload() {
        let demand = ContentDigestDemand(
            contentMD5: [UInt8](repeating: 0, count: 16),
            payloadSHA256: [UInt8](repeating: 0xCD, count: 32)
        )
        let refusal = #expect(throws: S3Error.self) { try demand.verify(computed) }
        #expect(refusal?.code == "XAmzContentSHA256Mismatch")
        #expect(
            refusal?.message == "The provided 'x-amz-content-sha256' header does not match what was computed."
        )
        #expect(
            refusal?.details == [
                .init("ClientComputedContentSHA256", String(repeating: "cd", count: 32)),
                .init(
                    "S3ComputedContentSHA256",
                    "916f0027a575074ce72a331777c3478d6513f786a591bd892da1a577bf2335f9"
                ),
            ]
        )
    }

    @Test("The right payload hash passes")
    func rightPayload() throws {
        try ContentDigestDemand(payloadSHA256: computed.sha256).verify(computed)
    }
}
