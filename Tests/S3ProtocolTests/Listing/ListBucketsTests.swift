import S3Protocol
import Testing

@Suite struct ListBucketsTests {
    static func request(_ query: String) throws -> ListBucketsRequest {
        try ListBucketsRequest(RequestTarget("/?" + query))
    }

    static func page(_ query: String) throws -> ([String], ContinuationToken?) {
        let names = ["aa1", "ab1", "ab2", "ac1"]
        return try request(query).page(of: names, name: { $0 }, region: { _ in "us-east-1" })
    }

    @Test func `without arguments all buckets are listed`() throws {
        #expect(try Self.page("").0 == ["aa1", "ab1", "ab2", "ac1"])
        #expect(try Self.page("").1 == nil)
        #expect(try Self.page("continuation-token=&max-buckets=4").1 == nil)
        #expect(try Self.page("prefix=ab").0 == ["ab1", "ab2"])
        #expect(try Self.page("prefix=AB").0.isEmpty)
        #expect(try Self.page("bucket-region=eu-west-1").0.isEmpty)
    }

    @Test func `pages follow each other`() throws {
        let first = try Self.page("max-buckets=3")
        #expect(first.0 == ["aa1", "ab1", "ab2"])
        let token = try #require(first.1)
        let second = try Self.page("max-buckets=3&continuation-token=\(token.text)")
        #expect(second.0 == ["ac1"])
        #expect(second.1 == nil)
    }

    @Test(arguments: [
        ("max-buckets=0", "Argument max-buckets must be an integer between 1 and 10000."),
        ("max-buckets=10001", "Argument max-buckets must be an integer between 1 and 10000."),
        ("max-buckets=x", "Argument max-buckets must be an integer between 1 and 10000."),
        ("bucket-region=EU", "Argument value EU is not a valid AWS Region"),
        ("continuation-token=x", "The continuation token provided is incorrect"),
    ])
    func `a bad argument is refused`(query: String, message: String) {
        let error = #expect(throws: S3Error.self) { try Self.request(query) }
        #expect(error?.message == message)
    }

    @Test func `the document names owner, buckets and what was asked`() throws {
        let bucket = ListBucketsResult.Bucket(
            name: try BucketName("buc"),
            created: Timestamp(seconds: 0),
            region: "us-east-1"
        )
        let result = ListBucketsResult(ownerID: "me", buckets: [bucket], prefix: "b", next: nil)
        #expect(
            String(decoding: try result.document(), as: UTF8.self) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>me</ID></Owner>\
                <Buckets><Bucket><Name>buc</Name><CreationDate>1970-01-01T00:00:00.000Z</CreationDate>\
                <BucketRegion>us-east-1</BucketRegion><BucketArn>arn:aws:s3:::buc</BucketArn></Bucket></Buckets>\
                <Prefix>b</Prefix></ListAllMyBucketsResult>
                """
        )
        let empty = ListBucketsResult(ownerID: "me", buckets: [], prefix: nil, next: nil)
        #expect(
            String(decoding: try empty.document(), as: UTF8.self).hasSuffix(
                "</Owner><Buckets/></ListAllMyBucketsResult>"
            )
        )
    }
}
