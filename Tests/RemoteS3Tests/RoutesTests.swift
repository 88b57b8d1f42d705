import HTTPTransport
import ObjectStorage
import RemoteS3
import S3Protocol
import Testing

@Suite("Names on both sides of a remote") struct RoutesTests {
    private let same = RemoteNames(local: try! BucketName("pictures"), remote: "pictures")
    private let part = RemoteNames(local: try! BucketName("pictures"), remote: "there", prefix: Array("in/side/".utf8))

    private func query(
        _ text: String,
        isSigned: Bool = false,
        isListing: Bool = false,
        _ names: RemoteNames
    ) throws -> String? {
        RemoteQuery.forwarded(try RequestTarget("/?" + text), isSigned: isSigned, isListing: isListing, names)
    }

    @Test(arguments: ["", "acl", "acl=", "a=%7e+b&a=1&x-id=GetObject", "uploadId=x%2Fy&partNumber=1"])
    func `a query goes on byte for byte`(text: String) throws {
        #expect(try query(text, same) == (text.isEmpty ? nil : text))
        #expect(try query(text, part) == (text.isEmpty ? nil : text))
    }

    @Test func `a listing of a part asks within the prefix`() throws {
        #expect(try query("list-type=2", isListing: true, part) == "list-type=2&prefix=in%2Fside%2F")
        #expect(try query("prefix=a%20b&delimiter=/", isListing: true, part) == "prefix=in%2Fside%2Fa%20b&delimiter=/")
        #expect(try query("prefix=&marker=&max-keys=1", isListing: true, part) == "prefix=in%2Fside%2F&max-keys=1")
        #expect(
            try query("prefix=p&start-after=p1&key-marker=k", isListing: true, part)
                == "prefix=in%2Fside%2Fp&start-after=in%2Fside%2Fp1&key-marker=in%2Fside%2Fk"
        )
    }

    @Test func `the signature of a URL stays here`() throws {
        let signed =
            "versionId=3&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-Date=d&X-Amz-Expires=1"
            + "&X-Amz-SignedHeaders=host&X-Amz-Signature=s&x-amz-acl=private"
        #expect(try query(signed, isSigned: true, same) == "versionId=3")
        #expect(try query("AWSAccessKeyId=a&Signature=s&Expires=1&acl", isSigned: true, same) == "acl")
        #expect(try query("Expires=1&acl", same) == "Expires=1&acl")
    }

    @Test(arguments: [("versionId=1&x-id=GetObject&response-expires=x", true), ("acl", true), ("annotations=a", false)])
    func `what could be another operation is told apart`(text: String, isKnown: Bool) throws {
        #expect(RemoteQuery.isKnown(try RequestTarget("/b/k?" + text)) == isKnown)
    }

    @Test func `keys get their prefix and lose it again`() throws {
        let key = try ObjectKey("a b")
        #expect(try part.there(key) == Array("in/side/a b".utf8))
        #expect(part.here(Array("in/side/a b".utf8)) == key.utf8)
        #expect(part.here(Array("outside".utf8)) == Array("outside".utf8))
        let long = try ObjectKey(String(repeating: "k", count: 1017))
        #expect(throws: S3Error.self) { try part.there(long) }
        #expect(try part.there(ObjectKey(String(repeating: "k", count: 1016))).count == 1024)
    }

    private func here(_ xml: String) throws -> String {
        let document = RemoteDocument(part) { "https://here/pictures/" + String(decoding: $0, as: UTF8.self) }
        return String(decoding: try document.here(Array(xml.utf8)), as: UTF8.self)
    }

    @Test func `a listing comes back with the names of this side`() throws {
        let text = try here(
            """
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>there</Name>
            <Prefix>in/side/p</Prefix><Marker></Marker><IsTruncated>false</IsTruncated>
            <Contents><Key>in/side/p &amp; q</Key><Owner><ID>Name</ID></Owner></Contents>
            <CommonPrefixes><Prefix>in/side/pa/</Prefix></CommonPrefixes></ListBucketResult>
            """
        )
        #expect(text.contains("<Name>pictures</Name><Prefix>p</Prefix><Marker/><IsTruncated>false</IsTruncated>"))
        #expect(text.contains("<Key>p &amp; q</Key><Owner><ID>Name</ID></Owner>"))
        #expect(text.contains("<CommonPrefixes><Prefix>pa/</Prefix></CommonPrefixes>"))
    }

    @Test func `so does one whose keys are encoded`() throws {
        let text = try here(
            """
            <ListBucketResult><EncodingType>url</EncodingType><Prefix>in%2Fside/</Prefix>
            <Contents><Key>in/side/a+b%2B</Key></Contents></ListBucketResult>
            """
        )
        #expect(text.contains("<Prefix/>") || text.contains("<Prefix></Prefix>"))
        #expect(text.contains("<Key>a+b%2B</Key>"))
    }

    @Test func `a completed upload has its place on this side`() throws {
        let text = try here(
            "<CompleteMultipartUploadResult><Location>https://there.remote/in/side/k</Location><Bucket>there</Bucket>"
                + "<Key>in/side/k</Key><ETag>&quot;e-1&quot;</ETag></CompleteMultipartUploadResult>"
        )
        #expect(text.contains("<Location>https://here/pictures/k</Location><Bucket>pictures</Bucket><Key>k</Key>"))
    }

    @Test func `a refusal is told without the other side's names`() throws {
        let xml = """
            <Error><Code>NoSuchKey</Code><Message>no</Message><Key>in/side/k</Key><BucketName>there</BucketName>
            <Resource>/there/in/side/k</Resource><AWSAccessKeyId>AKIA</AWSAccessKeyId><RequestId>r</RequestId></Error>
            """
        let refusal = try #require(RemoteRefusal(Array(xml.utf8)))
        let details = refusal.details(part, resource: "/pictures/k").map { "\($0.name)=\($0.value)" }
        #expect(details == ["Key=k", "BucketName=pictures", "Resource=/pictures/k"])
        #expect(RemoteRefusal(Array("<html/>".utf8)) == nil && RemoteRefusal([]) == nil)
    }

    @Test func `a page of keys is in byte order and within the prefix`() throws {
        let asked = RemoteListing.query(
            ListQuery(prefix: Array("a/".utf8), delimiter: Array("/".utf8), after: Array("a/b".utf8), limit: 7),
            part
        )
        #expect(asked == "encoding-type=url&max-keys=7&prefix=in%2Fside%2Fa%2F&delimiter=%2F&marker=in%2Fside%2Fa%2Fb")
        let xml = """
            <ListBucketResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
            <Contents><Key>in/side/a/c+d</Key><Size>3</Size><ETag>"e"</ETag>
            <LastModified>2030-01-01T00:00:00.000Z</LastModified></Contents>
            <CommonPrefixes><Prefix>in/side/a/b/</Prefix></CommonPrefixes></ListBucketResult>
            """
        let page = try RemoteListing.page(Array(xml.utf8), part)
        #expect(page.isTruncated && page.entries.count == 2)
        #expect(page.entries[0] == .commonPrefix(Array("a/b/".utf8)))
        guard case .object(let summary) = page.entries[1] else {
            Issue.record("no object")
            return
        }
        #expect(summary.key.string == "a/c d" && summary.size == 3 && summary.etag.text == "e")
    }

    @Test(arguments: [
        (
            "https://s3.eu-west-1.amazonaws.com", "pictures", "eu-west-1",
            "https://pictures.s3.eu-west-1.amazonaws.com", "/a%20b"
        ),
        (
            "https://s3.eu-west-1.amazonaws.com", "pictures", "us-west-2",
            "https://pictures.s3.us-west-2.amazonaws.com", "/a%20b"
        ),
        (
            "https://s3.eu-west-1.amazonaws.com", "with.dot", "eu-west-1", "https://s3.eu-west-1.amazonaws.com",
            "/with.dot/a%20b"
        ),
        ("http://minio:9000", "pictures", "eu-west-1", "http://minio:9000", "/pictures/a%20b"),
    ])
    func `a bucket is named in the way of its endpoint`(
        url: String,
        bucket: String,
        region: String,
        origin: String,
        path: String
    ) throws {
        let endpoint = try RemoteEndpoint(url: url, region: "eu-west-1")
        let place = endpoint.place(bucket: bucket, key: Array("a b".utf8), region: region)
        #expect(place.origin.text == origin && place.path == path)
    }

    @Test(arguments: ["", "host", "http://host/path", "http://host?x", "ftp://host"])
    func `an endpoint is a host and no more`(url: String) {
        #expect(throws: RemoteError.self) { try RemoteEndpoint(url: url, region: "r") }
    }
}
