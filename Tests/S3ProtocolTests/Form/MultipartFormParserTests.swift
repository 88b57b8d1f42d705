import S3Protocol
import Testing

@Suite("The multipart form parser")
struct MultipartFormParserTests {
    @Test("reads what clients send", arguments: FormSample.all)
    func readsSample(_ sample: FormSample) throws {
        let form = try ParsedForm([sample.body[...]], contentType: sample.contentType)
        #expect(form.fields == sample.fields)
        #expect(form.filename == sample.filename)
        #expect(String(decoding: form.content, as: UTF8.self) == sample.content)
        #expect(form.content == Array(sample.content.utf8))
        #expect(form.ended)
        #expect(!form.endedWithoutFile)
    }

    @Test("gives the same for a body that comes byte by byte", arguments: FormSample.all)
    func readsBytewise(_ sample: FormSample) throws {
        let whole = try ParsedForm([sample.body[...]], contentType: sample.contentType)
        let pieces = sample.body.indices.map { sample.body[$0...$0] }
        #expect(try ParsedForm(pieces, contentType: sample.contentType) == whole)
    }

    @Test("gives the same for every cut in two", arguments: FormSample.all)
    func readsEverySplit(_ sample: FormSample) throws {
        let whole = try ParsedForm([sample.body[...]], contentType: sample.contentType)
        for cut in 0...sample.body.count {
            let halves = try ParsedForm([sample.body[..<cut], sample.body[cut...]], contentType: sample.contentType)
            #expect(halves == whole, "cut at \(cut)")
        }
    }

    @Test("gives a large file as one range of the piece")
    func emitsRanges() throws {
        let head = Array("--b\r\nContent-Disposition: form-data; name=file\r\n\r\n".utf8)
        var parser = MultipartFormParser(boundary: try boundary())
        let first = try feed(&parser, head + [UInt8](repeating: 7, count: 100_000))
        #expect(first == [.fileBegins(filename: nil), .fileData(head.count..<(head.count + 100_000))])
        #expect(try feed(&parser, [1, 13, 10]) == [.fileData(0..<1)])
        #expect(try feed(&parser, [45, 46]) == [.fileCarry([13, 10]), .fileData(0..<2)])
        #expect(try feed(&parser, []) == [])
        #expect(try feed(&parser, Array("\r\n--b--".utf8)) == [.fileEnds])
        #expect(try feed(&parser, Array("\r\n--b\r\n".utf8)) == [])
        try parser.finish()
    }

    @Test("takes a part whose delimiter follows its headers at once")
    func takesEmptyPartWithoutLineBreak() throws {
        let body =
            "--b\r\nContent-Disposition: form-data; name=key\r\n\r\n"
            + "--b\r\nContent-Disposition: form-data; name=file\r\n\r\n--b--"
        let form = try ParsedForm([Array(body.utf8)[...]], contentType: "multipart/form-data; boundary=b")
        #expect(form.fields == ["key="])
        #expect(form.content.isEmpty)
        #expect(form.ended)
    }

    @Test("says when a form ends without a file")
    func noticesMissingFile() throws {
        let body = "--b\r\nContent-Disposition: form-data; name=key\r\n\r\nk\r\n--b--"
        let form = try ParsedForm([Array(body.utf8)[...]], contentType: "multipart/form-data; boundary=b")
        #expect(form.endedWithoutFile)
        #expect(!form.begun)
    }

    @Test(
        "refuses what is not multipart/form-data",
        arguments: [
            "no delimiter at all", "", "--b", "--b\r\n", "--b\n\nx\n--b--\n",
            "--b\r\nContent-Disposition: form-data; name=key\n\nk\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=key\r\n\r\nk\r\n--b\nrest",
            "--b\r\nContent-Disposition: form-data; name=key\r\n\r\nk",
            "--b\r\nContent-Disposition: form-data; name=file\r\n\r\nk",
            "--b\r\nContent-Disposition: form-data; name=file\r\n\r\nk\r\n--b-",
            "--b\r\nContent-Disposition: form-data; name=file\r\n\r\nk\r\n--b",
            "--b\r\nContent-Type: text/plain\r\n\r\nk\r\n--b--",
            "--b\r\n\r\nk\r\n--b--",
            "--b\r\nContent-Disposition: form-data\r\n\r\nk\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=\"\"\r\n\r\nk\r\n--b--",
            "--b\r\nContent-Disposition: attachment; name=key\r\n\r\nk\r\n--b--",
            "--b\r\nContent-Disposition form-data; name=key\r\n\r\nk\r\n--b--",
            "--b\r\n Content-Disposition: form-data; name=key\r\n\r\nk\r\n--b--",
            "--b\r\nContent-Disposition: form-data;\r name=key\r\n\r\nk\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=\"a\0\"\r\n\r\nk\r\n--b--",
            "--b\r\n" + String(repeating: "A: b\r\n", count: 33) + "\r\n",
            "--b\r\nA: " + String(repeating: "b", count: 8192) + "\r\n",
        ]
    )
    func refuses(_ body: String) throws {
        let bytes = Array(body.utf8)
        for pieces in [[bytes[...]], bytes.indices.map { bytes[$0...$0] }] {
            let error = #expect(throws: S3Error.self) {
                try ParsedForm(pieces, contentType: "multipart/form-data; boundary=b")
            }
            #expect(error?.code == "MalformedPOSTRequest")
            #expect(error?.status == 400)
            #expect(error?.message == "The body of your POST request is not well-formed multipart/form-data.")
        }
    }

    @Test("allows 20480 bytes before the file and not one more", arguments: [0, 1])
    func limitsFields(_ excess: Int) throws {
        let start = "--b\r\nContent-Disposition: form-data; name=key\r\n\r\n"
        let rest = "\r\n--b\r\nContent-Disposition: form-data; name=file\r\n\r\n"
        let filling = String(repeating: "k", count: 20_480 - start.utf8.count - rest.utf8.count + excess)
        let body = Array((start + filling + rest + "content\r\n--b--").utf8)
        guard excess > 0 else {
            #expect(try ParsedForm([body[...]], contentType: "multipart/form-data; boundary=b").ended)
            return
        }
        let error = #expect(throws: S3Error.self) {
            try ParsedForm([body[...]], contentType: "multipart/form-data; boundary=b")
        }
        #expect(error?.code == "MaxPostPreDataLengthExceeded")
        #expect(error?.message == "Your POST request fields preceeding the upload file was too large.")
        #expect(error?.details == [S3Error.Field("MaxPostPreDataLengthBytes", "20480")])
    }

    @Test("refuses a file under another name once it is larger than fields may be")
    func limitsMisnamedFile() {
        let body =
            Array("--b\r\nContent-Disposition: form-data; name=upload; filename=a\r\n\r\n".utf8)
            + [UInt8](repeating: 0, count: 30_000)
        let error = #expect(throws: S3Error.self) {
            try ParsedForm([body[...]], contentType: "multipart/form-data; boundary=b")
        }
        #expect(error?.code == "MaxPostPreDataLengthExceeded")
    }

    private func boundary() throws -> MultipartBoundary {
        try MultipartBoundary(contentType: "multipart/form-data; boundary=b")
    }

    private func feed(_ parser: inout MultipartFormParser, _ bytes: [UInt8]) throws -> [MultipartFormParser.Event] {
        try bytes.withUnsafeBytes { try parser.feed($0) }
    }
}
