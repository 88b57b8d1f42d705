import S3Protocol
import Testing

@Suite("The headers of forms")
struct MultipartHeaderTests {
    @Test(
        "name the boundary, quoted or not, with its dashes",
        arguments: [
            ("multipart/form-data; boundary=abc", "abc"), ("multipart/form-data; boundary=\"abc\"", "abc"),
            ("MULTIPART/FORM-DATA;charset=utf-8; BOUNDARY=abc ; x=y", "abc"),
            ("multipart/form-data; boundary=--abc--", "--abc--"), ("multipart/form-data; boundary=\" a b \"", "a b"),
            ("multipart/form-data; boundary=-5af-1", "-5af-1"),
            ("multipart/form-data; boundary=alamofire.boundary.1f+_'", "alamofire.boundary.1f+_'"),
        ]
    )
    func boundary(_ header: String, _ expected: String) throws {
        #expect(try MultipartBoundary(contentType: header).bytes == Array(expected.utf8))
    }

    @Test(
        "without a usable boundary are malformed",
        arguments: [
            "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
            "multipart/form-data; boundary=\"\r\n\"", "multipart/form-data; boundary=\u{E9}",
            "multipart/form-data; boundary=" + String(repeating: "b", count: 257),
        ]
    )
    func malformedBoundary(_ header: String) {
        let error = #expect(throws: S3Error.self) { try MultipartBoundary(contentType: header) }
        #expect(error?.code == "MalformedPOSTRequest")
    }

    @Test(
        "of another type fail the precondition",
        arguments: [nil, "", "application/x-www-form-urlencoded", "multipart/mixed; boundary=b", "multipart/form-dat"]
    )
    func otherType(_ header: String?) {
        let error = #expect(throws: S3Error.self) { try MultipartBoundary(contentType: header) }
        #expect(error?.code == "PreconditionFailed")
        #expect(error?.status == 412)
        #expect(error?.message == "At least one of the pre-conditions you specified did not hold")
        #expect(
            error?.details == [
                S3Error.Field("Condition", "Bucket POST must be of the enclosure-type multipart/form-data")
            ]
        )
    }

    @Test(
        "give the file's name as it was sent",
        arguments: [
            (#"form-data; name="file"; filename="a%22b.png""#, "a%22b.png"),
            (#"form-data; name="file"; filename="C:\Users\me\a.png""#, #"C:\Users\me\a.png"#),
            (#"form-data; name="file"; filename="a\"b\\c""#, #"a"b\c"#),
            (#"form-data; name="file"; filename="a; b=c.png""#, "a; b=c.png"),
            (#"form-data; name="file"; filename="a\""#, #"a\"#),
            ("form-data; name=file; filename=image 1.png ; x", "image 1.png"),
            ("form-data; filename=x; filename*=UTF-8''na%C3%AFve; name=file", "na\u{EF}ve"),
            ("form-data; name=file; filename*=iso-8859-1'en'na%EFve", "na\u{EF}ve"),
            ("form-data; name=file; filename=x; filename*=utf-8''%zz", "x"),
            ("form-data; name=file; filename=x; filename*=koi8-r''%zz", "x"),
            ("form-data;name=file;filename=", ""), ("form-data; name=\"file\"; FileName = \"x\"", "x"),
        ]
    )
    func filename(_ header: String, _ expected: String) throws {
        let disposition = try #require(ContentDisposition(Array(header.utf8)))
        #expect(disposition.name == Array("file".utf8))
        #expect(disposition.filename == Array(expected.utf8))
    }

    @Test("may have no file name, and no name")
    func lacksNames() throws {
        #expect(try #require(ContentDisposition(Array(" form-data; name=file".utf8))).filename == nil)
        #expect(try #require(ContentDisposition(Array("form-data; filename=x".utf8))).name == nil)
        #expect(ContentDisposition(Array("attachment; name=file".utf8)) == nil)
    }
}
