@testable import ForeignDrives
import Testing

@Suite struct MessagePackReaderTests {
    private func reader(_ bytes: [UInt8]) -> MessagePackReader { MessagePackReader(bytes[...]) }

    @Test(
        "An integer is read in every encoding that it fits",
        arguments: [
            (
                7,
                [
                    [0x07], [0xCC, 7], [0xCD, 0, 7], [0xCE, 0, 0, 0, 7], [0xCF, 0, 0, 0, 0, 0, 0, 0, 7], [0xD0, 7],
                    [0xD1, 0, 7], [0xD2, 0, 0, 0, 7], [0xD3, 0, 0, 0, 0, 0, 0, 0, 7],
                ]
            ),
            (
                -2,
                [
                    [0xFE], [0xD0, 0xFE], [0xD1, 0xFF, 0xFE], [0xD2, 0xFF, 0xFF, 0xFF, 0xFE],
                    [0xD3, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE],
                ]
            ),
            (
                .max,
                [[0xCF, 0x7F, 255, 255, 255, 255, 255, 255, 255], [0xD3, 0x7F, 255, 255, 255, 255, 255, 255, 255]]
            ),
            (.min, [[0xD3, 0x80, 0, 0, 0, 0, 0, 0, 0]]),
        ] as [(Int64, [[UInt8]])]
    )
    func integers(_ value: Int64, _ encodings: [[UInt8]]) throws {
        for bytes in encodings {
            var reader = reader(bytes)
            #expect(try reader.readInteger() == value)
            #expect(reader.isAtEnd)
            var unsigned = self.reader(bytes)
            #expect((try? unsigned.readUnsigned()) == UInt64(exactly: value))
        }
    }

    @Test func `an unsigned number beyond 63 bits is no signed one`() throws {
        let bytes: [UInt8] = [0xCF, 0x80, 0, 0, 0, 0, 0, 0, 0]
        var unsigned = reader(bytes)
        #expect(try unsigned.readUnsigned() == 1 << 63)
        #expect(throws: ForeignDriveError.self) {
            var reader = reader(bytes)
            return try reader.readInteger()
        }
    }

    @Test(
        "A length beyond the bytes is refused",
        arguments: [
            [0xA1], [0xBF, 1, 2], [0xC4, 2, 1], [0xC5, 0xFF, 0xFF], [0xC6, 0xFF, 0xFF, 0xFF, 0xFF], [0xD9, 1],
            [0xDA, 0, 1], [0xDB, 0xFF, 0xFF, 0xFF, 0xFF, 1], [0xDC, 0xFF, 0xFF], [0xDD, 0xFF, 0xFF, 0xFF, 0xFF],
            [0xDE, 0, 1, 1], [0xDF, 0x80, 0, 0, 0], [0x91], [0x81, 1], [0xC7, 5, 0], [0xC9, 0xFF, 0xFF, 0xFF, 0xFF, 0],
            [0xD8, 0], [0xCA, 1], [0xCB, 1], [0xC1], [],
        ] as [[UInt8]]
    )
    func lengths(_ bytes: [UInt8]) {
        #expect(throws: ForeignDriveError.self) {
            var reader = reader(bytes)
            try reader.skip()
        }
    }

    @Test func `skipping takes exactly one value`() throws {
        let values: [[UInt8]] = [
            [0xC0], [0xC2], [0x05], [0xFF], [0xCA, 0, 0, 0, 0], [0xCB, 0, 0, 0, 0, 0, 0, 0, 0], [0xA2, 1, 2],
            [0xC4, 1, 9], [0x92, 0x91, 0x01, 0x80], [0x82, 0x01, 0x91, 0x02, 0xA0, 0xC0], [0xD4, 1, 2],
            [0xC7, 0, 9], [0xC7, 3, 9, 1, 2, 3], [0xD9, 0], [0xDC, 0, 0], [0xDF, 0, 0, 0, 0],
        ]
        for value in values {
            var reader = reader(value + [0x2A])
            try reader.skip()
            #expect(try reader.readInteger() == 42)
            for count in value.indices {
                var short = self.reader(Array(value[..<count]))
                #expect(throws: ForeignDriveError.self) { try short.skip() }
            }
        }
    }

    @Test func `depth costs neither memory nor stack`() {
        var deep = reader([UInt8](repeating: 0x91, count: 100_000) + [0xC0])
        #expect(throws: Never.self) { try deep.skip() }
        var endless = reader([UInt8](repeating: 0x91, count: 100_000))
        #expect(throws: ForeignDriveError.self) { try endless.skip() }
        var wide = reader([UInt8](repeating: 0xDC, count: 100_000))
        #expect(throws: ForeignDriveError.self) { try wide.skip() }
    }

    @Test func `a type that was not asked for is refused`() {
        let text: [UInt8] = [0xA1, 0x61]
        #expect(throws: ForeignDriveError.self) {
            var r = reader(text); _ = try r.readInteger()
        }
        #expect(throws: ForeignDriveError.self) {
            var r = reader(text); _ = try r.readUnsigned()
        }
        #expect(throws: ForeignDriveError.self) {
            var r = reader(text); _ = try r.readBoolean()
        }
        #expect(throws: ForeignDriveError.self) {
            var r = reader(text); _ = try r.readBinary()
        }
        #expect(throws: ForeignDriveError.self) {
            var r = reader(text); _ = try r.readArrayCount()
        }
        #expect(throws: ForeignDriveError.self) {
            var r = reader(text); _ = try r.readMapCount()
        }
        #expect(throws: ForeignDriveError.self) {
            var r = reader(text); _ = try r.readTime()
        }
        #expect(throws: ForeignDriveError.self) {
            var r = reader([0x01]); _ = try r.readText()
        }
        #expect(throws: ForeignDriveError.self) {
            var r = reader([0xA1, 0xFF]); _ = try r.readText()
        }
        #expect(throws: ForeignDriveError.self) {
            var r = reader([0xCC, 1]); _ = try r.readText()
        }
    }

    @Test func `nil is an empty container`() throws {
        var r = reader([0xC0, 0xC0, 0xC0, 0xC0])
        #expect(try r.readArrayCount() == 0)
        #expect(try r.readMapCount() == 0)
        #expect(try r.readBinary().isEmpty)
        #expect(try r.readTextBytes().isEmpty)
    }

    @Test(
        "A time is read in all four forms",
        arguments: [
            ([0xC7, 12, 5, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 7], 256, 7),
            ([0xD6, 0xFF, 0, 0, 1, 0], 256, 0),
            ([0xD7, 0xFF, 0, 0, 0, 28, 0, 0, 1, 0], 256, 7),
            ([0xC7, 12, 0xFF, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 1, 0], 256, 7),
            ([0xC7, 12, 5, 255, 255, 255, 241, 136, 110, 9, 0, 0, 0, 0, 0], -62_135_596_800, 0),
        ] as [([UInt8], Int64, Int32)]
    )
    func times(_ bytes: [UInt8], _ seconds: Int64, _ nanoseconds: Int32) throws {
        var r = reader(bytes)
        let time = try r.readTime()
        #expect(time == ForeignTime(seconds: seconds, nanoseconds: nanoseconds))
        #expect(time.isSet == (seconds > 0))
        #expect(r.isAtEnd)
        for count in bytes.indices {
            var short = reader(Array(bytes[..<count]))
            #expect(throws: ForeignDriveError.self) { try short.readTime() }
        }
    }

    @Test func `a time with too many nanoseconds is refused`() {
        var go = reader([0xC7, 12, 5, 0, 0, 0, 0, 0, 0, 1, 0, 0xFF, 0, 0, 0])
        #expect(throws: ForeignDriveError.self) { try go.readTime() }
        var packed = reader([0xD7, 0xFF, 255, 255, 255, 255, 255, 255, 255, 255])
        #expect(throws: ForeignDriveError.self) { try packed.readTime() }
    }

    @Test("Nanoseconds since 1970 come back", arguments: [0, 1, -1, .max, .min, 1_610_300_046_404_396_813] as [Int64])
    func nanoseconds(_ count: Int64) {
        let time = ForeignTime(nanosecondsSince1970: count)
        #expect(time.nanosecondsSince1970 == count)
        #expect((0..<1_000_000_000).contains(time.nanoseconds))
        #expect(ForeignTime(seconds: .max).nanosecondsSince1970 == nil)
        #expect(ForeignTime(seconds: .min).nanosecondsSince1970 == nil)
    }
}
