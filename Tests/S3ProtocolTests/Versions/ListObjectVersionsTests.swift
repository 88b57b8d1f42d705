import S3Protocol
import Testing

@Suite struct ListObjectVersionsTests {
    typealias Result = ListObjectVersionsResult

    static func request(_ query: String) throws -> ListObjectVersionsRequest {
        try ListObjectVersionsRequest(RequestTarget("/buc?versions&" + query))
    }

    static func identity(_ key: String, _ version: String, isLatest: Bool, owner: String? = "me") -> Result.Identity {
        Result.Identity(
            key: try! ObjectKey(key),
            version: try! VersionID(version),
            isLatest: isLatest,
            modified: Timestamp(seconds: 1_255_369_850),
            ownerID: owner
        )
    }

    static func document(_ query: String, _ entries: [Result.Entry], isTruncated: Bool = false) throws -> String {
        let result = Result(
            bucket: try BucketName("buc"),
            request: try request(query),
            entries: entries,
            isTruncated: isTruncated
        )
        return String(decoding: try result.document().dropFirst(39), as: UTF8.self)
    }

    @Test func `the defaults are those of S3`() throws {
        let request = try Self.request("")
        #expect(request.maxKeys == 1000 && request.keyMarker.isEmpty && request.versionIDMarker == nil)
        #expect(request.prefix.isEmpty && request.delimiter.isEmpty && !request.encodesURLs)
        #expect(try Self.request("max-keys=1001").maxKeys == 1000)
        #expect(try Self.request("max-keys=0").maxKeys == 0)
    }

    @Test func `all parameters are read`() throws {
        let request = try Self.request(
            "prefix=p/&delimiter=/&key-marker=p/k&version-id-marker=11111111111111111111111111111111&encoding-type=url"
        )
        #expect(request.prefix == Array("p/".utf8) && request.delimiter == Array("/".utf8) && request.encodesURLs)
        #expect(
            request.keyMarker == Array("p/k".utf8)
                && request.versionIDMarker?.text == "11111111111111111111111111111111"
        )
        #expect(try Self.request("key-marker=k&version-id-marker=null").versionIDMarker == .null)
    }

    @Test(arguments: [
        ("version-id-marker=v", "version-id-marker", "A version-id marker cannot be specified without a key marker."),
        (
            "key-marker=&version-id-marker=v", "version-id-marker",
            "A version-id marker cannot be specified without a key marker."
        ),
        ("key-marker=k&version-id-marker=", "version-id-marker", "A version-id marker cannot be empty."),
        ("key-marker=k&version-id-marker=a/b", "version-id-marker", "Invalid version id specified"),
        ("max-keys=x&version-id-marker=v", "max-keys", "Provided max-keys not an integer or within integer range"),
        ("max-keys=-1", "maxKeys", "Argument maxKeys must be an integer between 0 and 2147483647"),
        ("encoding-type=", "encoding-type", "Invalid Encoding Method specified in Request"),
    ])
    func `a bad argument is refused`(query: String, name: String, message: String) {
        let error = #expect(throws: S3Error.self) { try Self.request(query) }
        #expect(error?.code == "InvalidArgument")
        #expect(error?.message == message)
        #expect(error?.details.first == .init("ArgumentName", name))
    }

    static let root = "<ListVersionsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>buc</Name>"
    static let modified = "<LastModified>2009-10-12T17:50:50.000Z</LastModified>"
    static let owner = "<Owner><ID>me</ID></Owner>"

    @Test func `versions and markers stand in one order and prefixes behind them`() throws {
        let content = Result.Content(etag: ETag("e"), size: 9, checksumAlgorithm: .crc32)
        let document = try Self.document(
            "delimiter=/&max-keys=4",
            [
                .deleteMarker(Self.identity("a", "33333333333333333333333333333333", isLatest: true)),
                .version(Self.identity("a", "22222222222222222222222222222222", isLatest: false), content),
                .commonPrefix(Array("b/".utf8)),
                .version(
                    Self.identity("c", "null", isLatest: true, owner: nil),
                    Result.Content(etag: ETag("f"), size: 0, checksumAlgorithm: nil)
                ),
            ],
            isTruncated: true
        )
        #expect(
            document == """
                \(Self.root)<Prefix/><KeyMarker/><VersionIdMarker/><NextKeyMarker>c</NextKeyMarker>\
                <NextVersionIdMarker>null</NextVersionIdMarker><MaxKeys>4</MaxKeys><Delimiter>/</Delimiter>\
                <IsTruncated>true</IsTruncated><DeleteMarker><Key>a</Key><VersionId>33333333333333333333333333333333</VersionId>\
                <IsLatest>true</IsLatest>\(Self.modified)\(Self.owner)</DeleteMarker><Version><Key>a</Key>\
                <VersionId>22222222222222222222222222222222</VersionId><IsLatest>false</IsLatest>\(Self.modified)<ETag>&quot;e&quot;</ETag>\
                <ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>9</Size>\
                <StorageClass>STANDARD</StorageClass>\(Self.owner)</Version><Version><Key>c</Key>\
                <VersionId>null</VersionId><IsLatest>true</IsLatest>\(Self.modified)<ETag>&quot;f&quot;</ETag>\
                <Size>0</Size><StorageClass>STANDARD</StorageClass></Version><CommonPrefixes><Prefix>b/</Prefix>\
                </CommonPrefixes></ListVersionsResult>
                """
        )
    }

    @Test func `a page that ends in a prefix has no version to go on from`() throws {
        let query = "key-marker=+k&version-id-marker=44444444444444444444444444444444&prefix=~&encoding-type=url"
        #expect(
            try Self.document(query, [.commonPrefix(Array("~d/".utf8))], isTruncated: true) == """
                \(Self.root)<Prefix>%7E</Prefix><KeyMarker>+k</KeyMarker><VersionIdMarker>44444444444444444444444444444444</VersionIdMarker>\
                <NextKeyMarker>%7Ed/</NextKeyMarker><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType>\
                <IsTruncated>true</IsTruncated><CommonPrefixes><Prefix>%7Ed/</Prefix></CommonPrefixes>\
                </ListVersionsResult>
                """
        )
    }

    @Test func `the last page names no next one`() throws {
        let document = try Self.document("", [.deleteMarker(Self.identity("a b", "null", isLatest: true))])
        #expect(document.contains("<Key>a b</Key>") && !document.contains("Next"))
    }
}
