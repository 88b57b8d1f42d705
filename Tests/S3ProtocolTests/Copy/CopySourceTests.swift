import S3Protocol
import Testing

@Suite struct CopySourceTests {
    static func parts(_ source: CopySource) -> [String] {
        [source.bucket.string, source.key.string, source.version?.text ?? ""]
    }

    @Test(arguments: [
        ("buc/key", "key", ""), ("/buc/key", "key", ""), ("buc%2Fkey", "key", ""), ("%2Fbuc%2fa%2Fb", "a/b", ""),
        ("buc/a+b", "a b", ""), ("buc/a%20b", "a b", ""), ("buc/a%2Bb", "a+b", ""), ("buc//key", "/key", ""),
        ("buc/dir/", "dir/", ""), ("buc/%C3%A9", "é", ""), ("buc/é", "é", ""), ("buc/a%252Fb", "a%2Fb", ""),
        ("buc/key?versionId=01234567-89ab-cdef-0123-456789abcdef", "key", "01234567-89ab-cdef-0123-456789abcdef"),
        ("buc%2Fkey?versionId=null", "key", "null"),
        ("buc/k%3FversionId=v", "k?versionId=v", ""),
        (
            "buc/k%3FversionId=a?versionId=bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "k?versionId=a",
            "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
        ),
        ("buc/what?", "what?", ""), ("buc/a?b=c", "a?b=c", ""),
    ])
    func `a source is decoded once`(value: String, key: String, version: String) throws {
        #expect(try Self.parts(CopySource(copySource: value)) == ["buc", key, version])
    }

    @Test(arguments: [
        ("", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"),
        ("buc", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"),
        ("/buc", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"),
        ("buc/", "Invalid copy source object key"),
        ("buc/" + String(repeating: "k", count: 1_025), "Invalid copy source object key"),
        ("BUC_/key", "Invalid copy source bucket name"), ("//buc/key", "Invalid copy source bucket name"),
        ("buc/%zz", "Invalid copy source encoding"), ("buc/%", "Invalid copy source encoding"),
        ("buc/%FF", "Invalid copy source encoding"), ("buc/k?versionId=%zz", "Invalid copy source encoding"),
    ])
    func `another source is refused`(value: String, message: String) {
        let error = #expect(throws: S3Error.self) { try CopySource(copySource: value) }
        #expect(error?.code == "InvalidArgument")
        #expect(error?.message == message)
        #expect(error?.details == [.init("ArgumentName", "x-amz-copy-source"), .init("ArgumentValue", value)])
    }

    @Test(arguments: ["buc/k?versionId=", "buc/k?versionId=a%2Fb", "buc/k?versionId=v&x=y"])
    func `a version id that cannot be is refused`(value: String) {
        let error = #expect(throws: S3Error.self) { try CopySource(copySource: value) }
        #expect(error?.message == "Invalid version id specified")
    }

    @Test func `an access point is not known`() {
        let value = "arn:aws:s3:us-west-2:123456789012:accesspoint/point/object/key"
        for value in [value, "/" + value.replacing(":", with: "%3A")] {
            let error = #expect(throws: S3Error.self) { try CopySource(copySource: value) }
            #expect(error?.status == 501)
            #expect(error?.details == [.init("Header", "x-amz-copy-source")])
        }
    }

    @Test(arguments: [
        ("/buc/key", "key"), ("buc/key", "key"), ("/key", "key"), ("key", "key"), ("dir/a+b", "dir/a b"),
        ("/buc%2Fa", "a"), ("/other/key", "other/key"), ("buc", "buc"),
    ])
    func `a rename's source is in the bucket of the request`(value: String, key: String) throws {
        #expect(try Self.parts(CopySource(renameSource: value, in: BucketName("buc"))) == ["buc", key, ""])
    }

    @Test(arguments: ["", "/", "buc/", "buc/k?versionId=null", "%"])
    func `another rename's source is refused`(value: String) {
        let error = #expect(throws: S3Error.self) { try CopySource(renameSource: value, in: BucketName("buc")) }
        #expect(error?.code == "InvalidArgument")
        #expect(error?.details == [.init("ArgumentName", "x-amz-rename-source"), .init("ArgumentValue", value)])
    }
}
