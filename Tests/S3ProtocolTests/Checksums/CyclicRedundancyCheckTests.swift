import CHash
import Testing

/// One CRC in its two forms, widened to 64 bits.
struct CyclicRedundancyCheck: Sendable, CustomTestStringConvertible {
    typealias Update = @Sendable (UInt64, UnsafeRawBufferPointer) -> UInt64

    let testDescription: String
    let polynomial: UInt64
    let width: Int
    let fast: Update
    let portable: Update

    static let all = [
        CyclicRedundancyCheck(
            testDescription: "CRC32",
            polynomial: 0xEDB8_8320,
            width: 32,
            fast: { UInt64(chash_crc32_update(UInt32($0), $1.baseAddress, $1.count)) },
            portable: { UInt64(chash_crc32_portable_update(UInt32($0), $1.baseAddress, $1.count)) }
        ),
        CyclicRedundancyCheck(
            testDescription: "CRC32C",
            polynomial: 0x82F6_3B78,
            width: 32,
            fast: { UInt64(chash_crc32c_update(UInt32($0), $1.baseAddress, $1.count)) },
            portable: { UInt64(chash_crc32c_portable_update(UInt32($0), $1.baseAddress, $1.count)) }
        ),
        CyclicRedundancyCheck(
            testDescription: "CRC64NVME",
            polynomial: 0x9A6C_9329_AC4B_C9B5,
            width: 64,
            fast: { chash_crc64nvme_update($0, $1.baseAddress, $1.count) },
            portable: { chash_crc64nvme_portable_update($0, $1.baseAddress, $1.count) }
        ),
    ]

    /// The definition, a bit at a time.
    func plain(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        let ones = UInt64.max >> UInt64(64 - width)
        var remainder = ones
        for byte in bytes {
            remainder ^= UInt64(byte)
            for _ in 0..<8 { remainder = (remainder >> 1) ^ (remainder & 1 == 1 ? polynomial : 0) }
        }
        return remainder ^ ones
    }
}

@Suite struct CyclicRedundancyCheckTests {
    @Test("Both forms agree with the definition at every length up to 1100", arguments: CyclicRedundancyCheck.all)
    func everyLength(_ check: CyclicRedundancyCheck) {
        var numbers = SeededNumbers(seed: 1)
        numbers.bytes(1100).withUnsafeBytes { bytes in
            for length in 0...1100 {
                let piece = UnsafeRawBufferPointer(rebasing: bytes[..<length])
                let expected = check.plain(piece)
                #expect(check.fast(0, piece) == expected, "fast, \(length) bytes")
                #expect(check.portable(0, piece) == expected, "portable, \(length) bytes")
            }
        }
    }

    @Test("Both forms agree at every start within 64 bytes and from any state", arguments: CyclicRedundancyCheck.all)
    func unalignedStarts(_ check: CyclicRedundancyCheck) {
        var numbers = SeededNumbers(seed: 2)
        numbers.bytes(1024).withUnsafeBytes { bytes in
            for start in 0..<64 {
                let state = numbers.next() >> UInt64(64 - check.width)
                for length in [1, 7, 15, 16, 63, 64, 65, 127, 128, 255, 256, 257, 511, 800] {
                    let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
                    #expect(check.fast(state, piece) == check.portable(state, piece), "\(length) bytes at \(start)")
                }
            }
        }
    }

    @Test("A stream cut at random places has the value of the whole", arguments: CyclicRedundancyCheck.all)
    func randomCuts(_ check: CyclicRedundancyCheck) {
        var numbers = SeededNumbers(seed: 3)
        numbers.bytes(20_000).withUnsafeBytes { bytes in
            let whole = check.portable(0, bytes)
            for _ in 0..<50 {
                var rest = bytes[...]
                var state: UInt64 = 0
                while !rest.isEmpty {
                    let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Int.random(in: 0...900, using: &numbers)))
                    state = check.fast(state, piece)
                    rest = rest.dropFirst(piece.count)
                }
                #expect(state == whole)
            }
        }
    }

    @Test("Both forms agree on nine megabytes that start at an odd address", arguments: CyclicRedundancyCheck.all)
    func bigBuffer(_ check: CyclicRedundancyCheck) {
        let pattern = (0..<65_537).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        var whole: [UInt8] = []
        for _ in 0..<144 { whole.append(contentsOf: pattern) }
        whole.withUnsafeBytes { bytes in
            let odd = UnsafeRawBufferPointer(rebasing: bytes[1...])
            #expect(check.fast(0, odd) == check.portable(0, odd))
        }
    }

    @Test("No bytes at no address change nothing", arguments: CyclicRedundancyCheck.all)
    func noBytes(_ check: CyclicRedundancyCheck) {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        #expect(check.fast(0x1234_5678, nothing) == 0x1234_5678)
        #expect(check.portable(0x1234_5678, nothing) == 0x1234_5678)
    }

    @Test("Many threads may compute at once", arguments: CyclicRedundancyCheck.all)
    func manyThreads(_ check: CyclicRedundancyCheck) async {
        let bytes = [UInt8](repeating: 0x61, count: 500)
        let expected = bytes.withUnsafeBytes { check.plain($0) }
        await withTaskGroup(of: UInt64.self) { group in
            for _ in 0..<16 { group.addTask { bytes.withUnsafeBytes { check.fast(0, $0) } } }
            for await value in group { #expect(value == expected) }
        }
    }
}
