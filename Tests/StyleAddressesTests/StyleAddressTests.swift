import Imaging
import S3Protocol
import StyleAddresses
import Testing

private func read(_ path: String) throws -> StyleAddress {
    try StyleAddress(path: Array(path.utf8))
}

@Suite struct StyleAddressTests {
    @Test(arguments: [
        ("/plain/s3://uploads/a.png", "a.png", nil), ("/plain/local:///uploads/a.png", "a.png", nil),
        ("/plain/uploads/a.png", "a.png", nil), ("/plain/uploads/a.png@webp", "a.png", "webp"),
        ("/plain/uploads/a.png@", "a.png", nil), ("/plain/s3://uploads/d/e%20f%40g%3Fh%2Fi", "d/e f@g?h/i", nil),
        ("/plain/s3://uploads//a//b/", "/a//b/", nil), ("/plain/s3%3A%2F%2Fuploads%2Fa", "a", nil),
        ("/plain/uploads/caf%C3%A9", "caf\u{E9}", nil), ("/plain/uploads/a+b", "a+b", nil),
        // s3://uploads/a.png, uploads/a?b>c~ (with - and _) and in pieces.
        ("/czM6Ly91cGxvYWRzL2EucG5n", "a.png", nil), ("/czM6Ly91cGxvYWRzL2EucG5n.jpg", "a.png", "jpg"),
        ("/dXBsb2Fkcy9hP2I-Y34", "a?b>c~", nil), ("/czM6Ly91/cGxv/YWRzL2EucG5n.avif", "a.png", "avif"),
        ("/dXBsb2Fkcy9h", "a", nil), ("/dXBsb2Fkcy9hYg==", "ab", nil), ("/dXBsb2Fkcy9hYg", "ab", nil),
    ])
    func `a source is plain or in Base64, with or without an extension`(
        path: String,
        key: String,
        format: String?
    ) throws {
        let address = try read(path)
        #expect(address.source.bucket.string == "uploads")
        #expect(address.source.key.utf8 == Array(key.utf8))
        #expect(address.format == format && address.options.isEmpty)
    }

    @Test func `options are names with arguments, until the source begins`() throws {
        let address = try read("/rs:fit:300:0/g:fp:0.5:1/pr:a:b/fn:a%3Ab/cb:/plain/s3://uploads/x:y/z")
        #expect(
            address.options == [
                StyleOption("rs", "fit", "300", "0"), StyleOption("g", "fp", "0.5", "1"), StyleOption("pr", "a", "b"),
                StyleOption("fn", "a:b"), StyleOption("cb", ""),
            ]
        )
        #expect(address.source.key.string == "x:y/z")
    }

    @Test(arguments: [
        "", "x", "/", "//", "/plain", "/plain/", "/plain/uploads", "/plain/uploads/", "/plain/Bad/a", "/plain/u/a",
        "/plain/http://example.com/a.png", "/plain/https://uploads/a", "/plain/file:///etc/passwd",
        "/plain/S3://uploads/a", "/plain/local://uploads/a", "/plain/gs://uploads/a", "/plain//uploads/a",
        "/plain/uploads/a@b@c", "/plain/uploads/%", "/plain/uploads/%zz", "/plain/uploads/%FF",
        "/plain/uploads/a@\u{1}", "/enc/abc", "/not base64",
        // Found by the fuzzer: what is joined to an extension.
        "/czM6Ly91cGxvYWRzL2EucG5n.jpg/s3://uploads/a%19b@webp", "/plain/uploads/a@aaaaaaaaaaaaaaaaa",
        "/aHR0cDovL2V4YW1wbGUuY29tL2EucG5n", "/czM6Ly9.a.b",
        "/.png", "/A", "/fill/300/400/sm/0/czM6Ly91cGxvYWRzL2E.png", "/:a/plain/uploads/a",
        "/r\u{E9}:1/plain/uploads/a",
        "/w:%FF/plain/uploads/a", "/w:%/plain/uploads/a", "/w:1//plain/uploads/a", "/rs:fit:1:1",
    ])
    func `what is no address of an object is refused`(path: String) {
        #expect(throws: StyleAddressError.self) { try read(path) }
    }

    @Test(arguments: [
        ("/plain/http://example.com/a.png", "not fetched"), ("/fit/1/1/ce/0/abc", "/rs:fit:WIDTH:HEIGHT"),
        ("/plain/uploads/a@b@c", "%40"), ("/enc/abc", "Encrypted"),
    ])
    func `a refusal says what to write instead`(path: String, hint: String) {
        let error = #expect(throws: StyleAddressError.self) { try read(path) }
        #expect(error?.message.contains(hint) == true, "\(String(describing: error))")
    }

    @Test func `length and number of options have bounds`() throws {
        let most = String(repeating: "/cb:1", count: StyleAddress.maximumOptions)
        #expect(try read(most + "/plain/uploads/a").options.count == StyleAddress.maximumOptions)
        #expect(throws: StyleAddressError.self) { try read(most + "/cb:1/plain/uploads/a") }
        let filler = { (length: Int) in "/cb:" + String(repeating: "1", count: length - 4) }
        let end = "/plain/uploads/a"
        let room = StyleAddress.maximumLength - end.utf8.count
        #expect(try read(filler(room) + end).options.count == 1)
        #expect(throws: StyleAddressError.self) { try read(filler(room + 1) + end) }
        #expect(throws: StyleAddressError.self) { try read(end + String(repeating: "k", count: 1024)) }
    }

    @Test func `an address that is written is read again`() throws {
        let source = StyleSource(bucket: try BucketName("uploads"), key: try ObjectKey("a b/%@?#\u{E9}:"))
        let address = StyleAddress(
            options: [StyleOption("fn", "a:b/c"), StyleOption("pr", "thumb")],
            source: source,
            format: "webp"
        )
        #expect(try read(address.path) == address)
        #expect(address.path.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "?") })
    }

    @Test func `no prefix of an address, and none with a byte changed, does harm`() {
        let whole = Array(
            "/rs:fill:300:200:1:1:noea/g:sm/bg:fff/exp:99999999999/pr:thumb/plain/s3://uploads/a%20b@webp".utf8
        )
        for length in whole.indices { use(Array(whole[..<length])) }
        for index in whole.indices {
            for byte: UInt8 in [0, 0x25, 0x2F, 0x3A, 0x40, 0x7F, 0xFF] {
                var changed = whole
                changed[index] = byte
                use(changed)
            }
        }
    }

    private func use(_ path: [UInt8]) {
        guard let address = try? StyleAddress(path: path) else { return }
        #expect((try? StyleAddress(path: Array(address.path.utf8))) == address)
        _ = try? StyleRequest(address, .init(styles: StyleSpec.defaults, now: Timestamp(seconds: 0)))
    }
}
