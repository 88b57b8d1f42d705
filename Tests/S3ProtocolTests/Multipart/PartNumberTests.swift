import S3Protocol
import Testing

@Suite struct PartNumberTests {
    @Test func `numbers from 1 to 10000 are taken and ordered`() throws {
        #expect(try PartNumber(query: "1").value == 1)
        #expect(try PartNumber(query: "10000").value == 10_000)
        #expect(try PartNumber(9) < PartNumber(10))
        #expect(try PartNumber(7).description == "7")
    }

    @Test(arguments: ["0", "10001", "-1", "", "a", "1.5", " 1", "٣", "99999999999999999999"])
    func `another number is refused`(text: String) {
        let error = #expect(throws: S3Error.self) { try PartNumber(query: text) }
        #expect(error?.code == "InvalidArgument")
        #expect(error?.message == "Part number must be an integer between 1 and 10000, inclusive")
        #expect(error?.details == [.init("ArgumentName", "partNumber"), .init("ArgumentValue", text)])
    }

    @Test(arguments: ["a", "Az09_-", String(repeating: "x", count: 128)])
    func `an upload id is safe text`(text: String) throws {
        #expect(try UploadID(text).text == text)
    }

    @Test(arguments: ["", "a/b", "..", "a b", "é", "a\n", String(repeating: "x", count: 129)])
    func `what no upload is called is not found`(text: String) {
        let error = #expect(throws: S3Error.self) { try UploadID(text) }
        #expect(error?.code == "NoSuchUpload")
        #expect(error?.details == [.init("UploadId", text)])
    }
}
