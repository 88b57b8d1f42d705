import Testing

@testable import S3Protocol

@Suite struct XMLTagGuardTests {
    private static let many = (0..<4).map { " a\($0)=\"\"" }.joined()

    @Test(arguments: [
        "", "<a b='1' c='2' d='3'/>", "<a b='1' c='2' d='3'><a b='1' c='2' d='3'>",
        "<?xml version='1.0' a='' b='' c=''?><a/>",
        "<!--\(many)--><a/>", "<!-- it's --><a b=''/>", "<![CDATA[\(many)]]>", "\u{FEFF}<a/>",
        "<a>a = b = c = d = e</a>",
        "<a b='===='/>", "<a b='>' c='2' d='3'/>", "<![CDATA[<a\(many)]]]><a b=''/>", "<!----><a b=''/>",
    ])
    func `documents pass whose tags have few attributes`(text: String) {
        #expect(Self.whole(Array(text.utf8)) == nil)
        #expect(Self.byteWise(Array(text.utf8)) == nil)
    }

    @Test(arguments: [
        "<a\(many)", "<a>x</a><b\(many)/>", "<a b='>' c='>' d='>' e='>'/>", "<a b=\"'\" c='' d='' e=''/>",
        "<!-- it's --><a\(many)/>", "<![CDATA[ ' ]]><a\(many)/>", "<?pi ' ?><a\(many)/>", "<!DOCTYPE\(many)",
        "<![CDAT\(many)", "<!-\(many)", "\u{FEFF}<a\(many)/>", "<!---><!-- x --><a\(many)/>",
    ])
    func `a tag with too many is refused before it ends`(text: String) {
        #expect(Self.whole(Array(text.utf8)) == "a tag with more than 3 attributes")
        #expect(Self.byteWise(Array(text.utf8)) == "a tag with more than 3 attributes")
    }

    @Test(
        arguments: [
            [0xFF, 0xFE, 0x3C, 0x00], [0xFE, 0xFF, 0x00, 0x3C], [0x3C, 0x00, 0x61, 0x00], [0x00, 0x3C],
            [0x4C, 0x6F, 0xA7, 0x94],
            [0xEF, 0xBB, 0x3C], [0xEF, 0x3C],
        ] as [[UInt8]]
    )
    func `another encoding is refused`(bytes: [UInt8]) {
        #expect(Self.whole(bytes)?.contains("UTF-8") == true)
        #expect(Self.byteWise(bytes)?.contains("UTF-8") == true)
    }

    private static func whole(_ bytes: [UInt8]) -> String? {
        var tags = XMLTagGuard(limit: 3)
        return tags.read(bytes)
    }

    private static func byteWise(_ bytes: [UInt8]) -> String? {
        var tags = XMLTagGuard(limit: 3)
        for byte in bytes {
            if let reason = tags.read([byte]) { return reason }
        }
        return nil
    }
}
