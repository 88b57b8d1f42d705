import S3Protocol
import Testing

@Suite struct MultipartResultsTests {
    typealias Sample = UploadSample
    static let bucket = try! BucketName("buc")
    static let key = try! ObjectKey("a&b")

    @Test func `a begun upload is named`() throws {
        let result = InitiateMultipartUploadResult(bucket: Self.bucket, key: Self.key, uploadID: Sample.uploadID)
        #expect(
            try String(decoding: result.document(), as: UTF8.self) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <InitiateMultipartUploadResult \(Sample.namespace)><Bucket>buc</Bucket><Key>a&amp;b</Key>\
                <UploadId>up-1</UploadId></InitiateMultipartUploadResult>
                """
        )
    }

    static func completed(_ checksum: ObjectChecksum?) throws -> String {
        let result = CompleteMultipartUploadResult(
            location: "http://host/buc/a%26b",
            bucket: bucket,
            key: key,
            etag: ETag("e-3"),
            checksum: checksum
        )
        return Sample.body(try result.document())
    }

    @Test(
        arguments: [
            (nil, ""),
            (
                ObjectChecksum(Sample.crc32, type: .composite, partCount: 3),
                "<ChecksumCRC32>NRU+Sw==-3</ChecksumCRC32><ChecksumType>COMPOSITE</ChecksumType>"
            ),
            (
                ObjectChecksum(Sample.crc64, type: .fullObject, partCount: 3),
                "<ChecksumCRC64NVME>ZMNX55lZurA=</ChecksumCRC64NVME><ChecksumType>FULL_OBJECT</ChecksumType>"
            ),
        ] as [(ObjectChecksum?, String)]
    )
    func `a finished upload is an object with its checksum`(checksum: ObjectChecksum?, elements: String) throws {
        #expect(
            try Self.completed(checksum) == """
                <CompleteMultipartUploadResult \(Sample.namespace)><Location>http://host/buc/a%26b</Location>\
                <Bucket>buc</Bucket><Key>a&amp;b</Key><ETag>&quot;e-3&quot;</ETag>\(elements)\
                </CompleteMultipartUploadResult>
                """
        )
    }

    @Test func `a copied part is answered with its tag`() throws {
        #expect(
            Sample.body(try CopyPartResult(modified: Sample.time, etag: ETag("e"), checksum: nil).document()) == """
                <CopyPartResult \(Sample.namespace)><LastModified>\(Sample.timeElement)</LastModified>\
                <ETag>&quot;e&quot;</ETag></CopyPartResult>
                """
        )
        let result = CopyPartResult(modified: Sample.time, etag: ETag("e"), checksum: Sample.crc32)
        #expect(
            Sample.body(try result.document()).hasSuffix("<ChecksumCRC32>NRU+Sw==</ChecksumCRC32></CopyPartResult>")
        )
    }
}
