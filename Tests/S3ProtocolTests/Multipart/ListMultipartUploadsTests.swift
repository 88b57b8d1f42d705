import S3Protocol
import Testing

@Suite struct ListMultipartUploadsTests {
    typealias Sample = UploadSample
    typealias Result = ListMultipartUploadsResult

    static func request(_ query: String) throws -> ListMultipartUploadsRequest {
        try ListMultipartUploadsRequest(RequestTarget("/buc?uploads&" + query))
    }

    static func upload(_ key: String, _ id: String, choice: MultipartChecksumChoice = .automatic) -> Result.Entry {
        .upload(
            Result.Upload(
                key: try! ObjectKey(key),
                id: try! UploadID(id),
                initiator: UploadInitiator(id: "me", displayName: "Me"),
                ownerID: "own",
                initiated: Sample.time,
                choice: choice
            )
        )
    }

    static func document(_ query: String, _ entries: [Result.Entry], isTruncated: Bool = false) throws -> String {
        let result = Result(
            bucket: try BucketName("buc"),
            request: try request(query),
            entries: entries,
            isTruncated: isTruncated
        )
        return Sample.body(try result.document())
    }

    @Test func `the defaults are those of S3`() throws {
        let request = try Self.request("")
        #expect(request.maxUploads == 1000 && request.keyMarker.isEmpty && request.uploadIDMarker == nil)
        #expect(try Self.request("max-uploads=2000").maxUploads == 1000)
        #expect(try Self.request("upload-id-marker=a/b").uploadIDMarker == nil)
        #expect(try Self.request("key-marker=k&upload-id-marker=").uploadIDMarker == nil)
        #expect(try Self.request("key-marker=k&upload-id-marker=up").uploadIDMarker?.text == "up")
    }

    @Test(arguments: [
        ("key-marker=k&upload-id-marker=a/b", "upload-id-marker", "Invalid uploadId marker"),
        ("max-uploads=x", "max-uploads", "Provided max-uploads not an integer or within integer range"),
        ("max-uploads=-1", "max-uploads", "Argument max-uploads must be an integer between 0 and 2147483647"),
        ("encoding-type=value", "encoding-type", "Invalid Encoding Method specified in Request"),
    ])
    func `a bad argument is refused`(query: String, name: String, message: String) {
        let error = #expect(throws: S3Error.self) { try Self.request(query) }
        #expect(error?.code == "InvalidArgument")
        #expect(error?.message == message)
        #expect(error?.details.first == .init("ArgumentName", name))
    }

    static let root = "<ListMultipartUploadsResult \(Sample.namespace)><Bucket>buc</Bucket>"
    static let people = """
        <Initiator><ID>me</ID><DisplayName>Me</DisplayName></Initiator><Owner><ID>own</ID></Owner>\
        <StorageClass>STANDARD</StorageClass><Initiated>\(Sample.timeElement)</Initiated>
        """

    @Test func `the last page says where it ends too`() throws {
        let entries = [Self.upload("a", "u1"), Self.upload("b c", "u2", choice: try .init(.sha256, nil))]
        #expect(
            try Self.document("encoding-type=url&upload-id-marker=x", entries) == """
                \(Self.root)<KeyMarker/><UploadIdMarker/><NextKeyMarker>b+c</NextKeyMarker>\
                <NextUploadIdMarker>u2</NextUploadIdMarker><EncodingType>url</EncodingType>\
                <MaxUploads>1000</MaxUploads><IsTruncated>false</IsTruncated><Upload><Key>a</Key>\
                <UploadId>u1</UploadId>\(Self.people)</Upload><Upload><Key>b+c</Key><UploadId>u2</UploadId>\
                \(Self.people)<ChecksumAlgorithm>SHA256</ChecksumAlgorithm><ChecksumType>COMPOSITE</ChecksumType>\
                </Upload></ListMultipartUploadsResult>
                """
        )
    }

    @Test func `an empty page echoes what was given and no more`() throws {
        #expect(
            try Self.document("key-marker=k&upload-id-marker=u", []) == """
                \(Self.root)<KeyMarker>k</KeyMarker><UploadIdMarker>u</UploadIdMarker><NextKeyMarker/>\
                <NextUploadIdMarker/><MaxUploads>1000</MaxUploads><IsTruncated>false</IsTruncated>\
                </ListMultipartUploadsResult>
                """
        )
    }

    @Test func `a page of prefixes alone names the next one when there is one`() throws {
        #expect(
            try Self.document(
                "prefix=d/&delimiter=/&max-uploads=1",
                [.commonPrefix(Array("d/e/".utf8))],
                isTruncated: true
            ) == """
                \(Self.root)<KeyMarker/><UploadIdMarker/><NextKeyMarker>d/e/</NextKeyMarker><NextUploadIdMarker/>\
                <Prefix>d/</Prefix><Delimiter>/</Delimiter><MaxUploads>1</MaxUploads><IsTruncated>true</IsTruncated>\
                <CommonPrefixes><Prefix>d/e/</Prefix></CommonPrefixes></ListMultipartUploadsResult>
                """
        )
        let last = try Self.document("prefix=d/&delimiter=/", [.commonPrefix(Array("d/e/".utf8))])
        #expect(last.contains("<NextKeyMarker/><NextUploadIdMarker/>"))
    }

    @Test func `a mixed page ends at its last entry`() throws {
        let entries = [Self.upload("a", "u"), .commonPrefix(Array("b/".utf8))]
        #expect(
            try Self.document("delimiter=/", entries, isTruncated: true).contains(
                "<NextKeyMarker>b/</NextKeyMarker><NextUploadIdMarker/>"
            )
        )
    }
}
