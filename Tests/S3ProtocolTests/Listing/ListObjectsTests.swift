import S3Protocol
import Testing

@Suite struct ListObjectsTests {
    static func request(_ query: String) throws -> ListObjectsRequest {
        try ListObjectsRequest(RequestTarget("/buc?" + query))
    }

    static func document(_ query: String, keys: [String], prefixes: [String] = [], last: String? = nil) throws -> String
    {
        let objects = try keys.map { key in
            let modified = Timestamp(seconds: 1_255_369_850)
            return ListObjectsResult.Object(
                key: try ObjectKey(key),
                modified: modified,
                etag: ETag("e"),
                size: 11,
                checksumAlgorithm: .crc32
            )
        }
        let result = ListObjectsResult(
            bucket: try BucketName("buc"),
            request: try request(query),
            objects: objects,
            commonPrefixes: prefixes.map { Array($0.utf8) },
            lastOfTruncated: last.map { Array($0.utf8) },
            ownerID: "me"
        )
        return String(decoding: try result.document().dropFirst(39), as: UTF8.self)
    }

    @Test func `the defaults are those of S3`() throws {
        let request = try Self.request("list-type=2")
        #expect(request.isVersion2 && request.maxKeys == 1000 && request.after.isEmpty && !request.fetchesOwner)
        #expect(try !Self.request("").isVersion2)
        #expect(try Self.request("").fetchesOwner)
        #expect(try Self.request("list-type=2&fetch-owner=true").fetchesOwner)
        #expect(try Self.request("max-keys=5000").maxKeys == 1000)
        #expect(try Self.request("max-keys=0").maxKeys == 0)
        #expect(try Self.request("max-keys=").maxKeys == 1000)
        #expect(try Self.request("marker=a%2Fb").after == Array("a/b".utf8))
        #expect(try Self.request("list-type=2&start-after=a&marker=b").after == Array("a".utf8))
    }

    @Test func `a token beats start-after`() throws {
        let token = ContinuationToken(last: Array("k".utf8)).text
        #expect(try Self.request("list-type=2&start-after=a&continuation-token=\(token)").after == Array("k".utf8))
    }

    @Test(arguments: [
        ("max-keys=a", "max-keys", "Provided max-keys not an integer or within integer range"),
        ("max-keys=2147483648", "max-keys", "Provided max-keys not an integer or within integer range"),
        ("max-keys=-1", "maxKeys", "Argument maxKeys must be an integer between 0 and 2147483647"),
        ("encoding-type=value", "encoding-type", "Invalid Encoding Method specified in Request"),
        ("encoding-type", "encoding-type", "Invalid Encoding Method specified in Request"),
        ("list-type=2&continuation-token=", "continuation-token", "The continuation token provided is incorrect"),
        ("list-type=2&continuation-token=%20", "continuation-token", "The continuation token provided is incorrect"),
    ])
    func `a bad argument is refused`(query: String, name: String, message: String) {
        let error = #expect(throws: S3Error.self) { try Self.request(query) }
        #expect(error?.code == "InvalidArgument")
        #expect(error?.message == message)
        #expect(error?.details.first == .init("ArgumentName", name))
    }

    static let contents = """
        <LastModified>2009-10-12T17:50:50.000Z</LastModified><ETag>&quot;e&quot;</ETag>\
        <ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>11</Size>
        """
    static let root = "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>buc</Name>"

    @Test func `the second version's document has its counts and token`() throws {
        let token = ContinuationToken(last: Array("d/".utf8)).text
        #expect(
            try Self.document("list-type=2&delimiter=/&max-keys=2", keys: ["a"], prefixes: ["d/"], last: "d/") == """
                \(Self.root)<Prefix/><NextContinuationToken>\(token)</NextContinuationToken><KeyCount>2</KeyCount>\
                <MaxKeys>2</MaxKeys><Delimiter>/</Delimiter><IsTruncated>true</IsTruncated><Contents><Key>a</Key>\
                \(Self.contents)<StorageClass>STANDARD</StorageClass></Contents><CommonPrefixes><Prefix>d/</Prefix>\
                </CommonPrefixes></ListBucketResult>
                """
        )
    }

    @Test func `the first version's document has marker and owner`() throws {
        #expect(
            try Self.document("marker=0&encoding-type=url&prefix=+", keys: [" a~/é"], last: "a") == """
                \(Self.root)<Prefix>+</Prefix><Marker>0</Marker><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType>\
                <IsTruncated>true</IsTruncated><Contents><Key>+a%7E/%C3%A9</Key>\(Self.contents)<Owner><ID>me</ID>\
                </Owner><StorageClass>STANDARD</StorageClass></Contents></ListBucketResult>
                """
        )
        #expect(try Self.document("delimiter=/", keys: [], last: "x/").contains("<NextMarker>x/</NextMarker>"))
        #expect(try !Self.document("delimiter=/", keys: []).contains("NextMarker"))
    }

    @Test func `only what was given is echoed`() throws {
        #expect(try Self.document("list-type=2&start-after=a", keys: []).contains("<StartAfter>a</StartAfter>"))
        let plain = try Self.document("list-type=2&delimiter=", keys: [])
        for name in ["StartAfter", "Delimiter", "EncodingType", "ContinuationToken", "Marker"] {
            #expect(!plain.contains(name))
        }
    }

    @Test func `url encoding is Java's`() {
        #expect(JavaURLEncoding.encode("aZ0/*-_. =~+%é\u{0}".utf8) == "aZ0/*-_.+%3D%7E%2B%25%C3%A9%00")
    }
}
