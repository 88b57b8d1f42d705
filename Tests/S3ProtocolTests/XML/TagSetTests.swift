import S3Protocol
import Testing

@Suite struct TagSetTests {
    private func document(_ tags: [(String, String)]) -> [UInt8] {
        let inner = tags.map { "<Tag><Key>\($0.0)</Key><Value>\($0.1)</Value></Tag>" }.joined()
        return Array("<Tagging><TagSet>\(inner)</TagSet></Tagging>".utf8)
    }

    @Test func `tags are read in order and written again`() throws {
        let set = try TagSet(document: document([("b", "2"), ("a", "x + - = . _ : / @ é")]), of: .object)
        #expect(set.tags == [.init("b", "2"), .init("a", "x + - = . _ : / @ é")])
        #expect(try TagSet(document: set.document(), of: .object) == set)
    }

    @Test(arguments: [
        ([("Key1,Key2", "Val1")], "The TagKey you have provided is invalid"),
        ([("", "v")], "The TagKey you have provided is invalid"),
        ([(String(repeating: "k", count: 129), "v")], "The TagKey you have provided is invalid"),
        ([("Key1", "Val1,Val2")], "The TagValue you have provided is invalid"),
        ([("k", String(repeating: "v", count: 257))], "The TagValue you have provided is invalid"),
        ([("Key1", "Val1"), ("Key1", "Val1")], "Cannot provide multiple Tags with the same key"),
        ([("aws:prefixed", "Val1")], "Your TagKey cannot be prefixed with aws:"),
    ])
    func `a tag that is not allowed is refused`(tags: [(String, String)], message: String) {
        let error = #expect(throws: S3Error.self) { try TagSet(document: document(tags), of: .object) }
        #expect(error?.code == "InvalidTag")
        #expect(error?.message == message)
        #expect(error?.details.first == .init("TagKey", tags[0].0))
    }

    @Test func `objects have ten tags at most and buckets fifty`() throws {
        let tags = (0..<51).map { ("k\($0)", "v") }
        _ = try TagSet(document: document(Array(tags[..<10])), of: .object)
        _ = try TagSet(document: document(Array(tags[..<50])), of: .bucket)
        #expect(throws: S3Error.self) { try TagSet(document: document(Array(tags[..<11])), of: .object) }
        #expect(throws: S3Error.self) { try TagSet(document: document(tags), of: .bucket) }
    }

    @Test(arguments: ["", "no", "<Tagging><TagSet><Tag><Key>k</Key></Tag></TagSet></Tagging>"])
    func `what is no Tagging document is malformed`(text: String) {
        let error = #expect(throws: S3Error.self) { try TagSet(formField: text) }
        #expect(error?.code == "MalformedXML")
    }

    @Test func `another root in a form stands for no tags`() throws {
        #expect(try TagSet(formField: "<other/>") == .empty)
        #expect(throws: S3Error.self) { try TagSet(document: Array("<other/>".utf8), of: .object) }
    }

    @Test func `a header is a query string`() throws {
        #expect(try TagSet(header: "a=1&b&c=x+y%2Bz&").tags.map(\.value) == ["1", "", "x y+z"])
        #expect(try TagSet(header: "").tags.isEmpty)
        for bad in ["key1=val1&key1=val2", "a=%zz", "a=%FF"] {
            let error = #expect(throws: S3Error.self) { try TagSet(header: bad) }
            #expect(error?.code == "InvalidArgument")
            #expect(error?.details == [.init("ArgumentName", "x-amz-tagging"), .init("ArgumentValue", bad)])
        }
    }
}
