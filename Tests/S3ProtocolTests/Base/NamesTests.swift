import S3Protocol
import Testing

@Suite struct NamesTests {
    @Test(arguments: [
        "abc", "my-bucket", "a.b.c", "123", "1.2.3", "1.2.3.4.5", "256.1.1.1", String(repeating: "a", count: 63),
    ])
    func `a bucket's name may be`(name: String) throws {
        #expect(try BucketName(name).string == name)
    }

    @Test(arguments: [
        "", "ab", "Abc", "a_b", "-ab", "ab-", ".ab", "ab.", "a..b", "a.-b", "a-.b", "192.168.0.1", "xn--abc",
        "sthree-abc", "amzn-s3-demo-abc", "abc-s3alias", "abc--ol-s3", "abc.mrap", "abc--x-s3", "abc--table-s3", "äbc",
        "a b", "a/b", String(repeating: "a", count: 64),
    ])
    func `a bucket's name may not be`(name: String) {
        let error = #expect(throws: S3Error.self) { try BucketName(name) }
        #expect(error?.code == "InvalidBucketName")
        #expect(error?.details == [.init("BucketName", name)])
    }

    @Test func `keys are bytes`() throws {
        #expect(try ObjectKey("e\u{301}") != ObjectKey("\u{E9}"))
        #expect(try ObjectKey("a-b") < ObjectKey("a/b"))
        #expect(try ObjectKey("\u{FFFF}") < ObjectKey("\u{10000}"))
        #expect(try ObjectKey("A") < ObjectKey("a"))
    }

    @Test func `a key has at most 1024 bytes`() throws {
        _ = try ObjectKey(String(repeating: "é", count: 512))
        let error = #expect(throws: S3Error.self) { try ObjectKey(String(repeating: "é", count: 512) + "a") }
        #expect(error?.code == "KeyTooLongError")
        #expect(error?.details == [.init("Size", "1025"), .init("MaxSizeAllowed", "1024")])
    }

    @Test(arguments: [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0x61, 0xE2, 0x82]] as [[UInt8]])
    func `a key is UTF-8`(bytes: [UInt8]) {
        #expect(throws: S3Error.self) { try ObjectKey(utf8: bytes) }
    }

    @Test func `an entity tag is known with and without quotes`() {
        #expect(ETag("\"abc-2\"") == ETag("abc-2"))
        #expect(ETag("abc").quoted == "\"abc\"")
        #expect(ETag(md5: [0xD4, 0x1D]).text == "d41d")
        #expect(ETag("\"").text == "\"")
    }

    @Test func `a version id has one of the forms that are issued`() throws {
        #expect(try VersionID("null") == .null)
        let known = [
            "0123456789abcdef0123456789abcdef", "01234567-89ab-cdef-0123-456789abcdef", "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ]
        for text in known { #expect(try VersionID(text).text == text) }
        let unknown = [
            "", "a b", "a/b", "é", "Null", "1", "0123456789ABCDEF0123456789ABCDEF", "0123456789abcdef0123456789abcdeg",
            "01234567089ab-cdef-0123-456789abcdef", String(repeating: "a", count: 1025),
        ]
        for text in unknown {
            #expect(throws: S3Error.self) { try VersionID(text) }
        }
    }
}
