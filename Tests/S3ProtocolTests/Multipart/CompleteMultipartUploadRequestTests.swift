import S3Protocol
import Testing

@Suite struct CompleteMultipartUploadRequestTests {
    static func parse(_ inner: String) throws -> CompleteMultipartUploadRequest {
        try CompleteMultipartUploadRequest(
            body: Array("<CompleteMultipartUpload>\(inner)</CompleteMultipartUpload>".utf8),
            uploadID: UploadSample.uploadID
        )
    }

    static func part(_ number: String, etag: String = "e", _ more: String = "") -> String {
        "<Part><PartNumber>\(number)</PartNumber><ETag>\(etag)</ETag>\(more)</Part>"
    }

    @Test func `parts are read with and without quotes, checksums and gaps`() throws {
        let request = try Self.parse(
            Self.part("1", etag: "\"a\"") + Self.part(" 3 ", etag: "&quot;b&quot;")
                + Self.part("10000", etag: " c\n", "<ChecksumSHA1/><ChecksumCRC32>NRU+Sw==</ChecksumCRC32><New>x</New>")
        )
        #expect(request.parts.map(\.number.value) == [1, 3, 10_000])
        #expect(request.parts.map(\.etag.text) == ["a", "b", "c"])
        #expect(request.parts.map(\.checksum) == [nil, nil, UploadSample.crc32])
        #expect(request.uploadID == UploadSample.uploadID)
    }

    @Test func `a namespace and a prefix do not matter`() throws {
        let body = """
            <?xml version="1.0"?><s:CompleteMultipartUpload xmlns:s="http://s3.amazonaws.com/doc/2006-03-01/"><s:Part>
            <s:ETag>e</s:ETag><s:PartNumber>1</s:PartNumber></s:Part></s:CompleteMultipartUpload>
            """
        let request = try CompleteMultipartUploadRequest(body: Array(body.utf8), uploadID: UploadSample.uploadID)
        #expect(request.parts.count == 1)
    }

    @Test(arguments: [
        ("", "InvalidRequest", "You must specify at least one part"),
        (part("2") + part("1"), "InvalidPartOrder", nil), (part("1") + part("1"), "InvalidPartOrder", nil),
        (part("10001"), "InvalidPart", nil), (part("20000") + part("1"), "InvalidPartOrder", nil),
        (part("0"), "InvalidArgument", "PartNumber must be >= 1"),
        (part("-5"), "InvalidArgument", "PartNumber must be >= 1"), (part("x"), "MalformedXML", nil),
        (part(""), "MalformedXML", nil), (part("99999999999999999999"), "MalformedXML", nil),
        ("<Part><PartNumber>1</PartNumber></Part>", "MalformedXML", nil),
        ("<Part><ETag>e</ETag></Part>", "MalformedXML", nil), ("<Part/>", "MalformedXML", nil),
        (
            part("1", "<ChecksumCRC32>no</ChecksumCRC32>"), "InvalidArgument",
            "Invalid Base64 or multiple checksums present in request"
        ),
        (
            part("1", "<ChecksumCRC32>NRU+Sw==</ChecksumCRC32><ChecksumCRC32C>NRU+Sw==</ChecksumCRC32C>"),
            "InvalidArgument", "Invalid Base64 or multiple checksums present in request"
        ),
    ])
    func `a list that cannot be is refused`(inner: String, code: String, message: String?) {
        let error = #expect(throws: S3Error.self) { try Self.parse(inner) }
        #expect(error?.code.rawValue == code)
        if let message { #expect(error?.message == message) }
    }

    @Test(arguments: ["", "x", "<Other/>", "<CompleteMultipartUpload>"])
    func `another document is malformed`(body: String) {
        let error = #expect(throws: S3Error.self) {
            try CompleteMultipartUploadRequest(body: Array(body.utf8), uploadID: UploadSample.uploadID)
        }
        #expect(error?.code == "MalformedXML")
    }

    @Test func `ten thousand parts with the longest checksums are read`() throws {
        let sum = Checksum(algorithm: .sha512, digest: [UInt8](repeating: 7, count: 64)).base64
        let etag = "&quot;\(String(repeating: "a", count: 32))&quot;"
        let inner = (1...10_000).map { Self.part("\($0)", etag: etag, "<ChecksumSHA512>\(sum)</ChecksumSHA512>") }
        #expect(try Self.parse(inner.joined(separator: "\n        ")).parts.count == 10_000)
    }
}
