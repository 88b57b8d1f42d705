import S3Protocol
import Testing

@Suite struct GetObjectAttributesTests {
    typealias Sample = UploadSample
    typealias Part = GetObjectAttributesResult.Part
    static let all = "ETag,Checksum,ObjectParts,StorageClass,ObjectSize"

    static func request(_ values: [String], _ more: [(String, String)] = []) throws -> GetObjectAttributesRequest {
        try GetObjectAttributesRequest(HeaderList(values.map { ("x-amz-object-attributes", $0) } + more))
    }

    static func document(
        _ names: String,
        _ more: [(String, String)] = [],
        checksum: ObjectChecksum? = nil,
        parts: [Part] = []
    ) throws -> String {
        let result = GetObjectAttributesResult(
            request: try request([names], more),
            etag: ETag("e-2"),
            checksum: checksum,
            parts: parts,
            size: 11
        )
        return Sample.body(try result.document())
    }

    @Test func `names stand in one header or in several`() throws {
        #expect(try Self.request(["ETag, ObjectSize", ",Checksum,"]).attributes == [.etag, .objectSize, .checksum])
        let request = try Self.request([Self.all])
        #expect(request.attributes.count == 5 && request.maxParts == 1000 && request.partNumberMarker == 0)
        let paged = try Self.request(["ETag"], [("x-amz-max-parts", "7"), ("x-amz-part-number-marker", "3")])
        #expect(paged.maxParts == 7 && paged.partNumberMarker == 3)
        #expect(try Self.request(["ETag"], [("x-amz-max-parts", "1001")]).maxParts == 1000)
    }

    @Test(arguments: [[], [""], [" , "]])
    func `no name at all is refused`(values: [String]) {
        let error = #expect(throws: S3Error.self) { try Self.request(values) }
        #expect(error?.code == "InvalidRequest")
        #expect(
            error?.message == """
                The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty
                """
        )
    }

    @Test(arguments: ["etag", "Size"])
    func `another name is refused`(name: String) {
        let error = #expect(throws: S3Error.self) { try Self.request(["ETag,\(name)"]) }
        #expect(error?.code == "InvalidArgument")
        #expect(error?.message == "Invalid attribute name specified.")
        #expect(error?.details == [.init("ArgumentName", "x-amz-object-attributes"), .init("ArgumentValue", name)])
    }

    @Test(arguments: [("x-amz-max-parts", "x"), ("x-amz-max-parts", "-1"), ("x-amz-part-number-marker", "x")])
    func `bad paging is refused`(name: String, value: String) {
        let error = #expect(throws: S3Error.self) { try Self.request(["ETag"], [(name, value)]) }
        #expect(error?.details == [.init("ArgumentName", name), .init("ArgumentValue", value)])
    }

    static let root = "<GetObjectAttributesResponse \(Sample.namespace)>"
    static let end = "</GetObjectAttributesResponse>"
    static let composite = ObjectChecksum(Sample.crc32, type: .composite, partCount: 2)
    static let parts = [2, 5].map { Part(number: try! PartNumber($0), size: 6, checksum: Sample.crc32) }

    @Test func `everything is written bare`() throws {
        #expect(
            try Self.document(Self.all, [("x-amz-max-parts", "1")], checksum: Self.composite, parts: Self.parts) == """
                \(Self.root)<ETag>e-2</ETag><Checksum><ChecksumCRC32>NRU+Sw==</ChecksumCRC32>\
                <ChecksumType>COMPOSITE</ChecksumType></Checksum><ObjectParts><PartsCount>2</PartsCount>\
                <PartNumberMarker>0</PartNumberMarker><NextPartNumberMarker>2</NextPartNumberMarker>\
                <MaxParts>1</MaxParts><IsTruncated>true</IsTruncated><Part><PartNumber>2</PartNumber><Size>6</Size>\
                <ChecksumCRC32>NRU+Sw==</ChecksumCRC32></Part></ObjectParts><StorageClass>STANDARD</StorageClass>\
                <ObjectSize>11</ObjectSize>\(Self.end)
                """
        )
    }

    @Test func `only what was asked for is written`() throws {
        #expect(
            try Self.document("ObjectSize", checksum: Self.composite, parts: Self.parts)
                == "\(Self.root)<ObjectSize>11</ObjectSize>\(Self.end)"
        )
    }

    @Test func `parts without checksums are counted`() throws {
        let parts = [Part(number: try PartNumber(1), size: 11, checksum: nil)]
        #expect(
            try Self.document("ObjectParts", parts: parts)
                == "\(Self.root)<ObjectParts><PartsCount>1</PartsCount></ObjectParts>\(Self.end)"
        )
    }

    @Test func `an object of one piece has neither parts nor perhaps a checksum`() throws {
        #expect(try Self.document("Checksum,ObjectParts").hasSuffix("/2006-03-01/\"/>"))
    }

    @Test func `a page behind the last part is empty`() throws {
        #expect(
            try Self.document("ObjectParts", [("x-amz-part-number-marker", "10")], parts: Self.parts).contains(
                """
                <PartNumberMarker>10</PartNumberMarker><NextPartNumberMarker>0</NextPartNumberMarker>\
                <MaxParts>1000</MaxParts><IsTruncated>false</IsTruncated></ObjectParts>
                """
            )
        )
    }
}
