import S3Protocol
import Testing

@Suite struct ObjectChecksumTests {
    @Test(
        "A composite checksum is that of the parts' digests",
        arguments: [
            (ChecksumAlgorithm.crc32, "5FRUiw==-3"), (.crc32c, "XF5+4A==-3"),
            (.sha256, "9o++y6AejqboiJ7MZCx0fahK2Vu5YC/qnNhhYsCLciI=-3"),
        ]
    )
    func published(_ algorithm: ChecksumAlgorithm, _ value: String) throws {
        let composite = try #require(ObjectChecksum.composite(of: MultipartSample.checksums(algorithm)))
        #expect(composite.headerValue == value)
        #expect(composite.base64 == value.dropLast(2))
        #expect(composite.type == .composite)
        #expect(composite.partCount == 3)
        #expect(ObjectChecksum(algorithm: algorithm, headerValue: value) == composite)
    }

    @Test("Every algorithm has composite checksums", arguments: ChecksumAlgorithm.allCases)
    func composite(_ algorithm: ChecksumAlgorithm) {
        let part = Checksummer.checksum(of: Array("part".utf8), algorithm)
        let composite = ObjectChecksum.composite(of: [part, part])
        #expect(composite?.checksum == Checksummer.checksum(of: part.digest + part.digest, algorithm))
        #expect(ObjectChecksum.composite(of: [part])?.headerValue.hasSuffix("-1") == true)
    }

    @Test("No part and parts of several algorithms have no composite checksum")
    func impossible() {
        #expect(ObjectChecksum.composite(of: []) == nil)
        let parts = [ChecksumAlgorithm.md5, .xxhash128].map { Checksummer.checksum(of: [1], $0) }
        #expect(ObjectChecksum.composite(of: parts) == nil)
    }

    @Test("A checksum of the whole is written without a number, whatever the number of parts")
    func fullObject() {
        let checksum = Checksummer.checksum(of: Array("hello world".utf8), .crc32)
        #expect(ObjectChecksum(checksum).headerValue == "DUoRhQ==")
        #expect(ObjectChecksum(checksum, type: .fullObject, partCount: 3).headerValue == "DUoRhQ==")
        #expect(ObjectChecksum(algorithm: .crc32, headerValue: "DUoRhQ==") == ObjectChecksum(checksum))
    }

    @Test(
        "Values that are neither are refused",
        arguments: [
            "", "-3", "DUoRhQ", "DUoRhQ==-", "DUoRhQ==-0", "DUoRhQ==--1", "DUoRhQ==-+1", "DUoRhQ==-01", "DUoRhQ==-1-2",
            "DUoRhQ== -1", "DUoRhQ==-99999999999999999999", "AAAAAAAAAAA=-1",
        ]
    )
    func malformed(_ value: String) {
        #expect(ObjectChecksum(algorithm: .crc32, headerValue: value) == nil)
    }
}
