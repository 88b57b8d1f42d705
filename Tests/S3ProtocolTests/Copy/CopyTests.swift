import S3Protocol
import Testing

@Suite struct CopyTests {
    @Test(
        arguments: [
            ("bytes=0-9", 0, 9), ("bytes=3-3", 3, 3), (" bytes=0-0 ", 0, 0),
        ] as [(String, Int64, Int64)]
    )
    func `a range says both its ends`(value: String, first: Int64, last: Int64) throws {
        #expect(try CopySourceRange(value).resolved(size: 10) == ByteRange(first: first, last: last))
    }

    @Test(arguments: [
        "", "0-8", "bytes=1-0", "bytes=-1-", "bytes=0--1", "bytes=0-1,3-4,7-9", "bytes=-", "bytes=-0", "bytes=1-",
        "bytes=-2", "bytes=", "bytes", "Bytes=0-1", "bytes=+0-1", "bytes=0 -1", "bytes=٠-1", "bytes=a-b",
    ])
    func `a range of another form is refused`(value: String) {
        let error = #expect(throws: S3Error.self) { try CopySourceRange(value) }
        #expect(error?.code == "InvalidArgument")
        #expect(
            error?.message == """
                The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the \
                zero-based offsets of the first and last bytes to copy
                """
        )
        #expect(error?.details == [.init("ArgumentName", "x-amz-copy-source-range"), .init("ArgumentValue", value)])
    }

    @Test(
        arguments: [
            ("bytes=0-10", 10, "InvalidArgument", "Range specified is not valid for source object of size: 10"),
            (
                "bytes=9-99999999999999999999", 10, "InvalidArgument",
                "Range specified is not valid for source object of size: 10"
            ),
            (
                "bytes=10-10", 10, "InvalidRequest", "The specified copy range is invalid for the source object size"
            ),
            ("bytes=0-0", 0, "InvalidRequest", "The specified copy range is invalid for the source object size"),
        ] as [(String, Int64, String, String)]
    )
    func `a range beyond the source is refused`(value: String, size: Int64, code: String, message: String) throws {
        let range = try CopySourceRange(value)
        let error = #expect(throws: S3Error.self) { try range.resolved(size: size) }
        #expect(error?.code.rawValue == code)
        #expect(error?.message == message)
    }

    @Test func `directives copy unless they say otherwise`() throws {
        let none = HeaderList()
        #expect(try CopyDirective(metadata: none) == .copy)
        #expect(try CopyDirective(tagging: none) == .copy)
        let headers = HeaderList([("X-Amz-Metadata-Directive", "REPLACE"), ("x-amz-tagging-directive", " COPY ")])
        #expect(try CopyDirective(metadata: headers) == .replace)
        #expect(try CopyDirective(tagging: headers) == .copy)
    }

    @Test(arguments: ["", "replace", "MERGE"])
    func `another directive is refused`(value: String) {
        let metadata = #expect(throws: S3Error.self) {
            try CopyDirective(metadata: HeaderList([("x-amz-metadata-directive", value)]))
        }
        #expect(metadata?.message == "Unknown metadata directive.")
        #expect(metadata?.details.last == .init("ArgumentValue", value))
        let tagging = #expect(throws: S3Error.self) {
            try CopyDirective(tagging: HeaderList([("x-amz-tagging-directive", value)]))
        }
        #expect(tagging?.message == "Unknown tagging directive.")
        #expect(tagging?.details.first == .init("ArgumentName", "x-amz-tagging-directive"))
    }

    @Test func `a copy is answered with tag, time and checksum`() throws {
        let result = CopyObjectResult(
            modified: UploadSample.time,
            etag: ETag("e"),
            checksum: UploadSample.crc32
        )
        let head = "<CopyObjectResult \(UploadSample.namespace)>"
        let parts = "<LastModified>\(UploadSample.timeElement)</LastModified><ETag>&quot;e&quot;</ETag>"
        #expect(
            UploadSample.body(try result.document()) == """
                \(head)\(parts)<ChecksumType>FULL_OBJECT</ChecksumType><ChecksumCRC32>NRU+Sw==</ChecksumCRC32>\
                </CopyObjectResult>
                """
        )
        let plain = CopyObjectResult(modified: UploadSample.time, etag: ETag("e"), checksum: nil)
        #expect(UploadSample.body(try plain.document()) == "\(head)\(parts)</CopyObjectResult>")
    }
}
