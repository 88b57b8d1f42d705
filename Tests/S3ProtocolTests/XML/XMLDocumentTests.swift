import S3Protocol
import Testing

@Suite struct XMLDocumentTests {
    private func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func `a document is declaration, line feed and root`() throws {
        let bytes = try XMLDocument.bytes(root: "A") { xml in
            xml.text("B", "")
            xml.text("C", ifPresent: nil)
            xml.element("D", attributes: [("x", "1\"<")]) { $0.text("é😀") }
        }
        #expect(
            string(bytes) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <A xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><B/><D x="1&quot;&lt;">é😀</D></A>
                """
        )
    }

    @Test func `text is escaped and what XML forbids is replaced`() throws {
        let bytes = try XMLDocument.bytes(root: "A", namespace: nil) { $0.text("<&>\u{0}\u{1}\u{FFFF}\r\n\t\u{FEFF}") }
        #expect(string(bytes).hasSuffix("<A>&lt;&amp;&gt;\u{FFFD}\u{FFFD}\u{FFFD}&#13;\n\t\u{FEFF}</A>"))
    }

    @Test func `what was written is read back`() throws {
        for scalar in (UInt32(1)...0x2FF).compactMap(Unicode.Scalar.init) {
            let text = "a\(Character(scalar))b"
            let bytes = try XMLDocument.bytes(root: "A") { $0.text("Key", text) }
            #expect(try XMLNode.parse(bytes)["Key"]?.text.utf8.elementsEqual(XMLText.legal(text).utf8) == true)
        }
    }

    @Test func `an error has its details before the ids`() throws {
        let error = S3Error.noSuchKey(try ObjectKey("a&b"))
        #expect(
            string(error.document(requestID: "R", hostID: "H")) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>a&amp;b</Key>\
                <RequestId>R</RequestId><HostId>H</HostId></Error>
                """
        )
    }

    @Test func `a form upload is answered with its location and quoted tag`() throws {
        let key = try ObjectKey("async_uploads/1/p.png")
        let bucket = try BucketName("bucket")
        let address = Address(style: .virtualHost, host: "bucket.s3.amazonaws.com", bucket: bucket, key: nil)
        let location = PostLocation(address, scheme: "https").text(for: key)
        let response = PostResponse(location: location, bucket: bucket, key: key, etag: ETag("eae7"))
        #expect(
            string(try response.document()) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <PostResponse><Location>https://bucket.s3.amazonaws.com/async_uploads%2F1%2Fp.png</Location>\
                <Bucket>bucket</Bucket><Key>async_uploads/1/p.png</Key><ETag>&quot;eae7&quot;</ETag></PostResponse>
                """
        )
    }

    @Test func `a location is empty in the first region`() throws {
        #expect(string(try BucketLocation.document(region: "us-east-1")).hasSuffix("/2006-03-01/\"/>"))
        #expect(string(try BucketLocation.document(region: "eu-west-1")).hasSuffix(">eu-west-1</LocationConstraint>"))
    }
}
