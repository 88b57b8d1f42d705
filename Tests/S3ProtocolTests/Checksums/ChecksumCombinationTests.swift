import S3Protocol
import Testing

@Suite struct ChecksumCombinationTests {
    private static let combinable: [ChecksumAlgorithm] = [.crc32, .crc32c, .crc64nvme]

    @Test("Pieces of any length, 0 too, have the checksum of the whole", arguments: combinable)
    func randomPieces(_ algorithm: ChecksumAlgorithm) {
        var numbers = SeededNumbers(seed: 6)
        for _ in 0..<60 {
            let pieces = (0..<Int.random(in: 1...8, using: &numbers)).map { _ in
                numbers.bytes(Int.random(in: 0...3, using: &numbers) * Int.random(in: 0...400, using: &numbers))
            }
            let whole = Checksummer.checksum(of: pieces.flatMap(\.self), algorithm)
            let parts = pieces.map { (checksum: Checksummer.checksum(of: $0, algorithm), byteCount: Int64($0.count)) }
            #expect(Checksum.combined(parts) == whole, "\(pieces.map(\.count))")
        }
    }

    @Test("One piece is the whole, and no bytes change nothing", arguments: combinable)
    func onePiece(_ algorithm: ChecksumAlgorithm) {
        let text = Checksummer.checksum(of: Array("test data".utf8), algorithm)
        let nothing = Checksummer.checksum(of: [], algorithm)
        #expect(Checksum.combined([(text, 9)]) == text)
        #expect(Checksum.combined([(nothing, 0)]) == nothing)
        #expect(Checksum.combined([(nothing, 0), (text, 9), (nothing, 0)]) == text)
    }

    @Test(
        "Parts have the values that S3 gives the object",
        arguments: [(ChecksumAlgorithm.crc32, "qSEQSA=="), (.crc32c, "eTdAQA=="), (.crc64nvme, "ZMNX55lZurA=")]
    )
    func published(_ algorithm: ChecksumAlgorithm, _ base64: String) throws {
        let parts = MultipartSample.checksums(algorithm)
        let whole = try #require(ObjectChecksum.fullObject(of: zip(parts, MultipartSample.sizes).map { ($0, $1) }))
        #expect(whole.headerValue == base64)
        #expect(whole.base64 == base64)
        #expect(whole.type == .fullObject)
    }

    @Test("Pieces beyond 4 GiB weigh what two halves weigh", arguments: combinable)
    func long(_ algorithm: ChecksumAlgorithm) {
        let first = Checksummer.checksum(of: Array("first".utf8), algorithm)
        let zeros = Checksummer.checksum(of: [UInt8](repeating: 0, count: 1 << 20), algorithm)
        var (long, length) = (zeros, Int64(1 << 20))
        for _ in 0..<20 { (long, length) = (Checksum.combined([(long, length), (long, length)])!, length * 2) }
        var byHalves = first
        for _ in 0..<2 { byHalves = Checksum.combined([(byHalves, 5), (long, length)])! }
        #expect(byHalves == Checksum.combined([(first, 5), (long, length), (long, length)]))
        let both = Checksum.combined([(long, length), (long, length)])!
        #expect(byHalves == Checksum.combined([(first, 5), (both, length * 2)]))
    }

    @Test("Nothing, several algorithms and digests that are no CRC have no combination")
    func impossible() {
        #expect(Checksum.combined([]) == nil)
        let mixed = [ChecksumAlgorithm.crc32, .crc32c].map { (Checksummer.checksum(of: [1], $0), Int64(1)) }
        #expect(Checksum.combined(mixed) == nil)
        for algorithm in ChecksumAlgorithm.allCases where !Self.combinable.contains(algorithm) {
            #expect(Checksum.combined([(Checksummer.checksum(of: [1], algorithm), 1)]) == nil)
            #expect(ObjectChecksum.fullObject(of: [(Checksummer.checksum(of: [1], algorithm), 1)]) == nil)
        }
    }
}

/// The object of three parts for which the checksums of S3 are known.
enum MultipartSample {
    static let sizes: [Int64] = [5_242_881, 5_242_881, 10]

    static func checksums(_ algorithm: ChecksumAlgorithm) -> [Checksum] {
        let part = Checksummer.checksum(of: [UInt8](repeating: UInt8(ascii: "a"), count: 5_242_881), algorithm)
        return [part, part, Checksummer.checksum(of: [UInt8](repeating: UInt8(ascii: "a"), count: 10), algorithm)]
    }
}
