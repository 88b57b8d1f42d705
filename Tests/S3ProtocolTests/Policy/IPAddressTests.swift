import Testing

@testable import S3Protocol

@Suite("An address")
struct IPAddressTests {
    @Test(
        "is read in every form",
        arguments: [
            ("0.0.0.0", 0xFFFF_0000_0000), ("1.2.3.4", 0xFFFF_0102_0304), ("255.255.255.255", 0xFFFF_FFFF_FFFF),
            ("::", 0),
            ("::1", 1), ("1::", 0x1 << 112), ("0:0:0:0:0:0:0:1", 1), ("::ffff:1.2.3.4", 0xFFFF_0102_0304),
            ("::FFFF:102:304", 0xFFFF_0102_0304), ("1:2:3:4:5:6:7::", 0x0001_0002_0003_0004_0005_0006_0007_0000),
            ("::2:3:4:5:6:7:8", 0x0002_0003_0004_0005_0006_0007_0008), ("1::8", 0x1 << 112 | 8),
            ("fe80::1%eth0", 0xFE80 << 112 | 1),
            ("1:2:3:4:5:6:7.8.9.10", 0x0001_0002_0003_0004_0005_0006_0708_090A),
        ] as [(String, UInt128)]
    )
    func address(_ text: String, _ bits: UInt128) {
        #expect(IPAddress(text)?.bits == bits)
    }

    @Test(
        "is refused in any other",
        arguments: [
            "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.-4", "1.2.3.", "1..2.3", "1.2.3.4 ", ":",
            ":::",
            "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::", "g::", "1.2.3.4::",
            "::1.2.3",
            "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", ":1:2:3:4:5:6:7", "%eth0", "１.2.3.4",
        ]
    )
    func noAddress(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(
        "of a range has a length that fits",
        arguments: [
            ("1.2.3.4/0", true), ("1.2.3.4/32", true), ("1.2.3.4/33", false), ("::/128", true), ("::/129", false),
            ("::ffff:0:0/96", true), ("1.2.3.4/", false), ("1.2.3.4/-1", false), ("1.2.3.4/+1", false),
            ("1.2.3.4/8/8", false),
            ("1.2.3.4/0008", false), ("fe80::1%eth0/64", false), ("/8", false),
        ]
    )
    func range(_ text: String, _ isRange: Bool) {
        #expect((IPAddressRange(text) != nil) == isRange)
    }

    @Test("of IPv4 is in the range that embeds IPv4")
    func embedded() throws {
        let all = try #require(IPAddressRange("::ffff:0:0/96"))
        #expect(all.contains(try #require(IPAddress("1.2.3.4"))))
        let more = try #require(IPAddressRange("::ffff:0:0/95"))
        #expect(!more.contains(try #require(IPAddress("1.2.3.4"))))
        #expect(more.contains(try #require(IPAddress("::fffe:1:2"))))
    }
}
