import S3Protocol
import Testing

@Suite struct ContentDigestsTests {
    private func digests(of bytes: [UInt8], _ algorithm: ChecksumAlgorithm, sha256: Bool) -> ContentDigests.Result {
        var digests = ContentDigests(algorithm, withSHA256: sha256)
        bytes.withUnsafeBytes { digests.update($0) }
        return digests.finalize()
    }

    @Test("Without a wish MD5 and CRC64NVME are computed")
    func standard() {
        var digests = ContentDigests()
        Array("abcdef".utf8).withUnsafeBytes { digests.update($0) }
        let result = digests.finalize()
        #expect(Hex.encode(result.md5) == "e80b5017098950fc58aad83c8c14978e")
        #expect(result.checksum.algorithm == .crc64nvme)
        #expect(result.checksum.base64 == "Pact6XRTYyA=")
        #expect(result.sha256 == nil)
        #expect(result.byteCount == 6)
    }

    @Test("No bytes have digests too")
    func empty() {
        let result = digests(of: [], .crc32, sha256: true)
        #expect(Hex.encode(result.md5) == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(result.checksum.base64 == "AAAAAA==")
        #expect(result.sha256 == Checksummer.checksum(of: [], .sha256).digest)
        #expect(result.byteCount == 0)
    }

    @Test("A SHA-256 checksum serves as the payload hash as well")
    func sharedSHA256() {
        let bytes = Array("test data".utf8)
        let result = digests(of: bytes, .sha256, sha256: true)
        #expect(result.sha256 == result.checksum.digest)
        #expect(result.checksum.base64 == "kW8AJ6V1B0znKjMXd8NHjWUT94alkb2JLaGld78jNfk=")
        #expect(digests(of: bytes, .sha256, sha256: false).sha256 == nil)
    }

    @Test("An MD5 checksum is the ETag's digest")
    func sharedMD5() {
        let result = digests(of: Array("test data".utf8), .md5, sha256: true)
        #expect(result.checksum == Checksum(algorithm: .md5, digest: result.md5))
        #expect(result.checksum.base64 == "63M6AMDJ0zbmVpGjerVCkw==")
        #expect(result.sha256 == Checksummer.checksum(of: Array("test data".utf8), .sha256).digest)
    }

    @Test("Chunks of any length give the digests of the whole", arguments: ChecksumAlgorithm.allCases)
    func chunks(_ algorithm: ChecksumAlgorithm) {
        var numbers = SeededNumbers(seed: 4)
        let bytes = numbers.bytes(150_000)
        let whole = digests(of: bytes, algorithm, sha256: true)
        #expect(whole.checksum == Checksummer.checksum(of: bytes, algorithm))
        #expect(whole.sha256 == Checksummer.checksum(of: bytes, .sha256).digest)
        for longest in [1_000, 32_768, 100_000] {
            var digests = ContentDigests(algorithm, withSHA256: true)
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 0...longest, using: &numbers))
                piece.withUnsafeBytes { digests.update($0) }
                rest = rest.dropFirst(piece.count)
            }
            #expect(digests.finalize() == whole)
        }
    }

    @Test("A demand says what is computed")
    func demand() {
        var demand = ContentDigestDemand(payloadSHA256: [UInt8](repeating: 0, count: 32), announcedAlgorithm: .crc32c)
        #expect(demand.checksumAlgorithm == .crc32c)
        #expect(ContentDigests(for: demand).finalize().sha256 != nil)
        demand.checksum = Checksummer.checksum(of: [], .sha1)
        #expect(ContentDigests(for: demand).finalize().checksum == demand.checksum)
        #expect(ContentDigestDemand().checksumAlgorithm == .crc64nvme)
    }
}
