import S3Protocol
import Testing

@Suite struct BytesTests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `base64 agrees with RFC 4648 section 10 in both directions`(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test(arguments: ["Z", "Zg=", "Zg===", "Zh==", "Zm9v=", "Zm 9v", "Zm9v\n", "=", "Z===", "Zg==Zg==", "é"])
    func `base64 refuses impossible text`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func `base64 reads text without padding`() {
        #expect(Base64.decode("Zg") == Array("f".utf8))
    }

    @Test func `hexadecimal text is lower case and reads either case`() {
        #expect(Hex.encode([0x00, 0xAB, 0xFF]) == "00abff")
        #expect(Hex.spaced([0x00, 0xAB]) == "00 ab")
        #expect(Hex.decode("00aBFf") == [0x00, 0xAB, 0xFF])
        #expect(Hex.decode("0") == nil)
        #expect(Hex.decode("0g") == nil)
    }

    @Test(arguments: [
        ("AZaz09-._~", "AZaz09-._~"), ("a b", "a%20b"), ("a+b", "a%2Bb"), ("é", "%C3%A9"), ("*", "%2A"),
    ])
    func `percent-encoding escapes all but the unreserved`(plain: String, encoded: String) {
        #expect(PercentEncoding.encode(plain, keepingSlash: false) == encoded)
        #expect(PercentEncoding.decode(encoded.utf8, plusIsBlank: false) == Array(plain.utf8))
    }

    @Test func `percent-encoding keeps a slash only when told`() {
        #expect(PercentEncoding.encode("a/b", keepingSlash: true) == "a/b")
        #expect(PercentEncoding.encode("a/b", keepingSlash: false) == "a%2Fb")
    }

    @Test(arguments: ["%", "%4", "%4g", "a%", "%%41"])
    func `a broken escape is refused`(text: String) {
        #expect(PercentEncoding.decode(text.utf8, plusIsBlank: true) == nil)
    }

    @Test func `a plus is a blank only in a query`() {
        #expect(PercentEncoding.decode("a+b".utf8, plusIsBlank: true) == Array("a b".utf8))
        #expect(PercentEncoding.decode("a+b".utf8, plusIsBlank: false) == Array("a+b".utf8))
    }

    @Test func `texts compare by their bytes`() {
        #expect("e\u{301}" == "\u{E9}")
        #expect(!ByteText.equal("e\u{301}", "\u{E9}"))
        #expect(!ByteText.hasPrefix("e\u{301}x", "\u{E9}"))
        #expect(ByteText.lowercasedASCII("ÄBC") == "Äbc")
        #expect(ByteText.trimmed(" \t a b\r\n") == "a b")
        #expect(ByteText.equalIgnoringCase("X-Amz-É", "x-aMZ-É") && !ByteText.equalIgnoringCase("é", "É"))
        #expect(!ByteText.equalIgnoringCase("@[", "`{"))
        #expect(ByteText.precedes("a", "ab") && ByteText.precedes("B", "a") && !ByteText.precedes("a", "a"))
        #expect(ByteText.equalInConstantTime([1, 2], [1, 2]))
        #expect(!ByteText.equalInConstantTime([1, 2], [1, 3]))
        #expect(!ByteText.equalInConstantTime([1, 2], [1]))
    }
}
