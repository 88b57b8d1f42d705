import S3Protocol
import Testing

@Suite struct XMLReaderTests {
    private func code(_ text: String, _ limits: XMLLimits = .standard) -> S3Error.Code? {
        do {
            _ = try XMLNode.parse(Array(text.utf8), limits: limits)
            return nil
        } catch {
            return error.code
        }
    }

    static let document = """
        <?xml version="1.0"?>
        <s:Delete xmlns:s="http://s3.amazonaws.com/doc/2006-03-01/" a="b"><!-- c --><?pi?>
        <s:Object><Key> a&amp;b&#xD;<![CDATA[<c>]]>é </Key></s:Object><s:Object/></s:Delete>
        """

    @Test func `names are local and text is whole`() throws {
        let root = try XMLNode.parse(Array(Self.document.utf8))
        #expect(root.name == "Delete")
        #expect(root.all("Object").count == 2)
        #expect(root["Object"]?["Key"]?.text == " a&b\r<c>é ")
    }

    @Test(arguments: [1, 2, 3, 7])
    func `pieces of any size give the same tree`(size: Int) throws {
        let bytes = Array(Self.document.utf8)
        let reader = XMLReader()
        for start in stride(from: 0, to: bytes.count, by: size) {
            try reader.push(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        #expect(try reader.finish() == XMLNode.parse(bytes))
    }

    @Test(arguments: [
        "", " ", "a", "<a>", "<a></b>", "<a/><b/>", "<a/>x", "<a", "<a>&b;</a>", "<a>&#0;</a>", "<a>\u{1}</a>",
        "<a b=c/>", "<a>]]></a>", "{\"a\":1}", "<a>\u{0}</a>",
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>", "<?xml version=\"1.0\" encoding=\"UTF-7\"?><a/>",
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>", "<?xml version=\"1.0\" encoding=\"none\"?><a/>",
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
        "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>",
        "<!DOCTYPE a [<!ENTITY x \"xx\"><!ENTITY y \"&x;&x;\"><!ENTITY z \"&y;&y;\">]><a>&z;</a>",
        "<!DOCTYPE a SYSTEM \"http://127.0.0.1:1/a.dtd\"><a/>",
    ])
    func `what is no plain document is malformed`(text: String) {
        #expect(code(text) == "MalformedXML")
        #expect(byteWise(text) == "MalformedXML")
    }

    @Test(arguments: ["UTF-8", "utf-8", "UTF8"])
    func `UTF-8 may be declared`(name: String) {
        #expect(code("<?xml version=\"1.0\" encoding=\"\(name)\"?><a/>") == nil)
    }

    private func byteWise(_ text: String) -> S3Error.Code? {
        let reader = XMLReader()
        do {
            for byte in text.utf8 { try reader.push([byte]) }
            _ = try reader.finish()
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `invalid UTF-8 is malformed`() {
        #expect(throws: S3Error.self) { try XMLNode.parse([0x3C, 0x61, 0x3E, 0xFF, 0x3C, 0x2F, 0x61, 0x3E]) }
    }

    @Test func `size, depth and number of elements are bounded`() {
        #expect(code("<a></a>", XMLLimits(bytes: 6)) == "MaxMessageLengthExceeded")
        #expect(code("<a><b/></a>", XMLLimits(bytes: 100, depth: 1)) == "MalformedXML")
        #expect(code("<a><b/></a>", XMLLimits(bytes: 100, depth: 2)) == nil)
        #expect(code("<a><b/><b/></a>", XMLLimits(bytes: 100, elements: 2)) == "MalformedXML")
        #expect(code(String(repeating: "<a>", count: 100_000)) == "MalformedXML")
        #expect(code("<a>" + String(repeating: "x", count: 1 << 20) + "</a>") == "MaxMessageLengthExceeded")
    }

    @Test func `a reader may be dropped half way, and used on after a refusal`() throws {
        let reader = XMLReader()
        try reader.push(Array("<a><b>".utf8))
        #expect(throws: S3Error.self) { try reader.push(Array("</a>".utf8)) }
        #expect(throws: S3Error.self) { try reader.push(Array("<c>".utf8)) }
        #expect(throws: S3Error.self) { try reader.finish() }
    }
}
