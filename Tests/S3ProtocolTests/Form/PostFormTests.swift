import S3Protocol
import Testing

@Suite("The fields of a form")
struct PostFormTests {
    @Test("are found in any case, and the last of repeated ones counts")
    func lowercases() throws {
        let form = try PostForm(pairs: [("Key", "a"), ("KEY", "b"), ("x-other", "")])
        #expect(form["key"] == "b")
        #expect(form.fields.map(\.name) == ["key", "x-other"])
        #expect(form["x-other"] == "")
        #expect(form.nonEmpty("x-other") == nil)
        #expect(form["absent"] == nil)
    }

    @Test("join repeated metadata with a comma")
    func joinsMetadata() throws {
        let form = try PostForm(pairs: [("x-amz-meta-a", "1"), ("X-Amz-Meta-A", "2")])
        #expect(form["x-amz-meta-a"] == "1,2")
    }

    @Test("join two security tokens, pass over empty ones, and refuse a third")
    func joinsTokens() throws {
        let token = "x-amz-security-token"
        #expect(try PostForm(pairs: [(token, ""), (token, "a"), (token, ""), (token, "b")])[token] == "a,b")
        #expect(throws: S3Error.self) { try PostForm(pairs: [(token, "a"), (token, "b"), (token, "c")]) }
    }

    @Test(
        "of the authentication come once",
        arguments: [
            "policy", "X-Amz-Algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature", "AWSAccessKeyId",
            "signature",
        ]
    )
    func refusesRepeats(_ name: String) {
        let error = #expect(throws: S3Error.self) { try PostForm(pairs: [(name, "a"), (name, "a")]) }
        #expect(error?.code == "InvalidArgument")
        #expect(error?.status == 400)
    }

    @Test(
        "get the last component of the file's name",
        arguments: [
            ("u/${filename}", #"C:\a\b.png"#, "u/b.png"),
            ("${filename}${filename}", "/x/\u{E9} %22.png", "\u{E9} %22.png\u{E9} %22.png"),
            ("u/${filename", "b", "u/${filename"), ("$${filename}", "b", "$b"), ("u/${filename}", "", "u/"),
            ("${filename}", "${filename}", "${filename}"), ("plain", "b", "plain"), ("${Filename}", "b", "${Filename}"),
            ("u/${filename}", nil, "u/${filename}"),
        ] as [(String, String?, String)]
    )
    func expands(_ value: String, _ filename: String?, _ expected: String) throws {
        let form = try PostForm(pairs: [("key", value), ("x-amz-meta-name", value), ("policy", "${filename}")])
        let expanded = try form.expanded(filename: filename.map { Array($0.utf8) })
        #expect(expanded["key"] == expected)
        #expect(expanded["x-amz-meta-name"] == expected)
        #expect(expanded["policy"] == "${filename}")
    }

    @Test("do not grow without bound")
    func boundsExpansion() throws {
        let form = try PostForm(pairs: [("key", String(repeating: "${filename}", count: 1000))])
        #expect(throws: S3Error.maxPostPreDataLengthExceeded) {
            try form.expanded(filename: [UInt8](repeating: 97, count: 1000))
        }
    }

    @Test("without a file are refused for the key first")
    func refusesWithoutFile() throws {
        let missingKey = try PostForm(pairs: [("key", "")]).refusalWithoutFile()
        #expect(missingKey == .missingPostField("key"))
        let missingFile = try PostForm(pairs: [("key", "k")]).refusalWithoutFile()
        #expect(missingFile.code == "InvalidArgument")
        #expect(missingFile.message == "POST requires exactly one file upload per request.")
        #expect(missingFile.details == [.init("ArgumentName", "file"), .init("ArgumentValue", "0")])
    }
}

extension PostForm {
    /// A form of these fields, in order.
    init(pairs: [(String, String)]) throws {
        self.init()
        for (name, value) in pairs { try append(name: name, value: Array(value.utf8)) }
    }
}
