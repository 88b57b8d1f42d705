import S3Protocol
import Testing

@Suite("The JSON reader")
struct JSONReaderTests {
    private func read(_ text: String, policy: Bool = false) -> JSONValue? {
        JSONReader.read(Array(text.utf8), limits: .init(length: 1000, depth: 4, allowsPolicyEscapes: policy))
    }

    @Test("keeps order, repeated names and the text of numbers")
    func keepsOrder() {
        let expected = JSONValue.object([
            .init("b", .number("-1.50e+3")), .init("a", .array([.null, .bool(true), .bool(false)])),
            .init("b", .object([])), .init("c", .array([])),
        ])
        #expect(read(" {\"b\":-1.50e+3 ,\t\"a\":[null,true,false],\r\n\"b\":{ },\"c\":[ ]} ") == expected)
    }

    @Test(
        "unescapes strings",
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9\uD83D\ude00""#, "\u{E9}\u{1F600}"),
            (#""\\$foo.txt""#, "\\$foo.txt"), ("\"\u{E9}/\"", "\u{E9}/"), (#""\u0000""#, "\0"),
        ]
    )
    func unescapes(_ json: String, _ expected: String) {
        #expect(read(json) == .string(expected))
        #expect(read(json, policy: true) == .string(expected))
    }

    @Test("knows the escapes of policies only where they are allowed")
    func policyEscapes() {
        #expect(read(#""\$a\v\\$""#, policy: true) == .string("$a\u{B}\\$"))
        #expect(read(#""\$a""#) == nil)
        #expect(read(#""\v""#) == nil)
    }

    @Test(
        "refuses what RFC 8259 does not allow",
        arguments: [
            "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "[1 2]", "01", "1.", ".5", "+1", "1e", "--1",
            "tru", "nulll", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800\\u0041\"",
            "\"\\udc00\"", "\"a\nb\"", "1 2", "[[[[[1]]]]]", "// x\n1", "'a'", "NaN", "\u{FEFF}1", "\"\\",
        ]
    )
    func refuses(_ json: String) {
        #expect(read(json) == nil)
    }

    @Test("refuses bytes that are not UTF-8, and more than the limit")
    func refusesBytes() {
        let limits = JSONReader.Limits(length: 4, depth: 1)
        #expect(JSONReader.read([0x22, 0xE9, 0x22], limits: limits) == nil)
        #expect(JSONReader.read(Array("1234".utf8), limits: limits) == .number("1234"))
        #expect(JSONReader.read(Array("12345".utf8), limits: limits) == nil)
    }

    @Test("quotes what needs it")
    func quotes() {
        #expect(JSONValue.quote("a\"\\/\n\r\t\u{1}\u{E9}") == #""a\"\\/\n\r\t\u0001"# + "\u{E9}\"")
    }
}
