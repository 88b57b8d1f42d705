@testable import ForeignDrives
import S3Protocol
import Testing

@Suite struct HashTests {
    @Test func `both hashes have their published values`() {
        #expect(HashSelfTest.passes())
    }

    @Test func `a hash does not depend on how the bytes are cut`() {
        let bytes = pattern(200)
        let whole = HighwayHasher.hash(bytes)
        for cut in 0...bytes.count {
            var hasher = HighwayHasher()
            bytes[..<cut].withUnsafeBytes { hasher.update($0) }
            bytes[cut...].withUnsafeBytes { hasher.update($0) }
            #expect(hasher.finalize() == whole)
        }
    }

    @Test func `all lengths up to three packets have different hashes`() {
        let hashes = Set((0...96).map { HighwayHasher.hash([UInt8](repeating: 0, count: $0)) })
        #expect(hashes.count == 97)
    }

    @Test func `a hash may be asked for and go on`() {
        var hasher = HighwayHasher()
        pattern(40).withUnsafeBytes { hasher.update($0) }
        #expect(hasher.finalize() == HighwayHasher.hash(pattern(40)))
        [9].withUnsafeBytes { hasher.update($0) }
        #expect(hasher.finalize() != HighwayHasher.hash(pattern(40)))
    }
}

@Suite struct BitrotFrameTests {
    @Test(
        "The framed length is exact",
        arguments: [
            (0, 0), (1, 33), (1 << 20, (1 << 20) + 32), ((1 << 20) + 1, (1 << 20) + 65), (132_096, 132_128),
        ] as [(Int64, Int64)]
    )
    func lengths(_ size: Int64, _ expected: Int64) {
        #expect(BitrotFrame.framedLength(of: size, blockSize: 1 << 20) == expected)
    }

    @Test(
        "Hostile sizes are refused",
        arguments: [(-1, 1), (.min, 1), (1, 0), (1, -1), (.max, 1), (.max, 1 << 20), (1, .max), (1, 1 << 31)]
            as [(Int64, Int64)]
    )
    func hostile(_ size: Int64, _ blockSize: Int64) {
        #expect(BitrotFrame.framedLength(of: size, blockSize: blockSize) == nil)
        let refusal = #expect(throws: ForeignDriveError.self) { try BitrotFrame(size: size, blockSize: blockSize) }
        #expect(refusal?.code == .inconsistent)
    }

    @Test("Content comes out whole however the bytes are cut", arguments: 1...70)
    func pieces(_ step: Int) throws {
        let content = pattern(50)
        let stored = framed(content, blockSize: 16)
        #expect(Int64(stored.count) == BitrotFrame.framedLength(of: 50, blockSize: 16))
        var frame = try BitrotFrame(size: 50, blockSize: 16)
        var found: [UInt8] = []
        for start in stride(from: 0, to: stored.count, by: step) {
            let piece = Array(stored[start..<min(start + step, stored.count)])
            for range in try piece.withUnsafeBytes({ try frame.feed($0) }) { found += piece[range] }
        }
        try frame.finish()
        #expect(found == content)
    }

    @Test func `no content needs no bytes and takes none`() throws {
        #expect(try BitrotFrame.content(of: [], size: 0, blockSize: 16).isEmpty)
        #expect(throws: ForeignDriveError.self) { try BitrotFrame.content(of: [0], size: 0, blockSize: 16) }
    }

    @Test func `a change of any one byte is found, at its block`() {
        let stored = framed(pattern(50), blockSize: 16)
        for place in stored.indices {
            var damaged = stored
            damaged[place] ^= 0x40
            let refusal = #expect(throws: ForeignDriveError.self) {
                try BitrotFrame.content(of: damaged[...], size: 50, blockSize: 16)
            }
            #expect(refusal?.code == .checksumMismatch)
            #expect(refusal?.message.contains("offset \(place / 48 * 16) ") == true)
        }
    }

    @Test func `every other length is refused`() {
        let stored = framed(pattern(50), blockSize: 16)
        for count in stored.indices {
            #expect(throws: ForeignDriveError.self) {
                try BitrotFrame.content(of: stored[..<count], size: 50, blockSize: 16)
            }
        }
        let refusal = #expect(throws: ForeignDriveError.self) {
            try BitrotFrame.content(of: (stored + [0])[...], size: 50, blockSize: 16)
        }
        #expect(refusal?.code == .wrongLength)
    }

    @Test func `an error stays`() throws {
        var frame = try BitrotFrame(size: 1, blockSize: 16)
        let stored = framed([1], blockSize: 16).dropLast() + [2]
        let first = #expect(throws: ForeignDriveError.self) { try stored.withUnsafeBytes { try frame.feed($0) } }
        let second = #expect(throws: ForeignDriveError.self) { try [].withUnsafeBytes { try frame.feed($0) } }
        let third = #expect(throws: ForeignDriveError.self) { try frame.finish() }
        #expect(first == second && second == third)
    }

    @Test func `parts that were framed alone are not one frame`() {
        let parts = framed(pattern(20), blockSize: 16) + framed(pattern(20, seed: 2), blockSize: 16)
        #expect(throws: ForeignDriveError.self) { try BitrotFrame.content(of: parts[...], size: 40, blockSize: 16) }
    }
}
