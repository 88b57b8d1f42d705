import Testing

@testable import ObjectStorage

@Suite struct LineEscapingTests {
    /// What is written, and how much of the space behind it was touched beyond what it may have.
    private func write(_ bytes: [UInt8]) -> (line: [UInt8], isContained: Bool) {
        let room = 2 * bytes.count
        var space = [UInt8](repeating: 0xEE, count: room + 16)
        let length = bytes.withUnsafeBytes { bytes in
            space.withUnsafeMutableBytes { line in
                line.baseAddress.map { LineEscaping.write(bytes, to: $0) } ?? -1
            }
        }
        return (Array(space.prefix(length)), space[room...].allSatisfy { $0 == 0xEE })
    }

    private func check(_ bytes: [UInt8]) {
        let expected = bytes.flatMap { byte -> [UInt8] in
            switch byte {
            case 10: [92, 110]
            case 92: [92, 92]
            default: [byte]
            }
        }
        let (line, isContained) = write(bytes)
        #expect(line == expected && isContained, "\(bytes)")
        #expect(LineEscaping.decode(line[...]) == bytes)
    }

    @Test func `each byte is escaped wherever it stands, beside its neighbours`() {
        // One more than a line end and a backslash: what a carry out of the byte below would take for one.
        for byte: UInt8 in [10, 92] {
            for length in 1...26 {
                for position in 0..<length {
                    var bytes = [UInt8](repeating: byte + 1, count: length)
                    bytes[position] = byte
                    check(bytes)
                }
            }
        }
    }

    @Test func `every pair of marks in three words`() {
        for first in 0..<24 {
            for second in 0..<24 {
                var bytes = [UInt8](repeating: 0, count: 24)
                bytes[first] = 10
                bytes[second] = 92
                check(bytes)
            }
        }
    }

    @Test func `any bytes come back`() {
        // Mostly the few that matter.
        let bytes: [UInt8] = [10, 11, 92, 93, 110, 0, 255]
        for length in 0...300 {
            check((0..<length).map { _ in bytes.randomElement() ?? 0 })
            check((0..<length).map { _ in UInt8.random(in: 0...255) })
        }
    }

    @Test func `nothing but marks takes twice its length`() {
        for byte: UInt8 in [10, 92] { check([UInt8](repeating: byte, count: 64)) }
    }
}
