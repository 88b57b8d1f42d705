import S3Protocol
import Testing

@Suite struct ListPartsTests {
    typealias Sample = UploadSample

    static func request(_ query: String) throws -> ListPartsRequest {
        try ListPartsRequest(RequestTarget("/buc/k?uploadId=up-1&" + query))
    }

    static func document(_ query: String, _ parts: [UploadedPart], choice: MultipartChecksumChoice) throws -> String {
        let request = try request(query)
        let page = request.page(of: parts, number: \.number)
        let result = ListPartsResult(
            bucket: try BucketName("buc"),
            key: try ObjectKey("k"),
            request: request,
            initiator: UploadInitiator(id: "me", displayName: "Me"),
            ownerID: "own",
            choice: choice,
            parts: page.parts,
            isTruncated: page.isTruncated
        )
        return Sample.body(try result.document())
    }

    @Test func `the defaults are those of S3`() throws {
        for query in ["", "max-parts=&part-number-marker="] {
            let request = try Self.request(query)
            #expect(request.maxParts == 1000 && request.partNumberMarker == 0)
            #expect(request.uploadID.text == "up-1")
        }
        #expect(try Self.request("max-parts=1001").maxParts == 1000)
        #expect(try Self.request("part-number-marker=20000").partNumberMarker == 20_000)
    }

    @Test(arguments: [
        ("max-parts=x", "max-parts", "Provided max-parts not an integer or within integer range"),
        ("max-parts=-1", "max-parts", "Argument max-parts must be an integer between 0 and 2147483647"),
        ("part-number-marker=x", "part-number-marker", nil), ("part-number-marker=-1", "part-number-marker", nil),
        ("part-number-marker=2147483648", "part-number-marker", nil),
    ])
    func `a bad argument is refused`(query: String, name: String, message: String?) {
        let error = #expect(throws: S3Error.self) { try Self.request(query) }
        #expect(error?.code == "InvalidArgument")
        #expect(error?.details.first == .init("ArgumentName", name))
        if let message { #expect(error?.message == message) }
    }

    @Test func `an upload id that cannot be is not found`() {
        let error = #expect(throws: S3Error.self) { try ListPartsRequest(RequestTarget("/b/k?uploadId=../x")) }
        #expect(error?.code == "NoSuchUpload")
    }

    static let head = """
        <ListPartsResult \(Sample.namespace)><Bucket>buc</Bucket><Key>k</Key><UploadId>up-1</UploadId><Initiator>\
        <ID>me</ID><DisplayName>Me</DisplayName></Initiator><Owner><ID>own</ID></Owner>\
        <StorageClass>STANDARD</StorageClass>
        """

    static func part(_ number: Int, _ more: String = "") -> String {
        """
        <Part><PartNumber>\(number)</PartNumber><LastModified>\(Sample.timeElement)</LastModified>\
        <ETag>&quot;e\(number)&quot;</ETag><Size>4</Size>\(more)</Part>
        """
    }

    @Test func `a page has its parts with the checksums that were asked for`() throws {
        let parts = (1...3).map { Sample.part($0, size: 4, checksum: Sample.crc32) }
        #expect(
            try Self.document("max-parts=1&part-number-marker=1", parts, choice: .init(.crc32, nil)) == """
                \(Self.head)<PartNumberMarker>1</PartNumberMarker><NextPartNumberMarker>2</NextPartNumberMarker>\
                <MaxParts>1</MaxParts><IsTruncated>true</IsTruncated><ChecksumAlgorithm>CRC32</ChecksumAlgorithm>\
                <ChecksumType>COMPOSITE</ChecksumType>\(Self.part(2, "<ChecksumCRC32>NRU+Sw==</ChecksumCRC32>"))\
                </ListPartsResult>
                """
        )
    }

    @Test func `the server's own checksums are not shown`() throws {
        let parts = [Sample.part(2, size: 4, checksum: Sample.crc64)]
        #expect(
            try Self.document("", parts, choice: .automatic) == """
                \(Self.head)<PartNumberMarker>0</PartNumberMarker><NextPartNumberMarker>2</NextPartNumberMarker>\
                <MaxParts>1000</MaxParts><IsTruncated>false</IsTruncated>\(Self.part(2))</ListPartsResult>
                """
        )
    }

    @Test(arguments: ["part-number-marker=10", "max-parts=0"])
    func `a page without parts ends the list`(query: String) throws {
        let document = try Self.document(query, [Sample.part(1), Sample.part(2)], choice: .automatic)
        #expect(document.contains("<NextPartNumberMarker>0</NextPartNumberMarker>"))
        #expect(document.contains("<IsTruncated>false</IsTruncated></ListPartsResult>"))
    }
}
