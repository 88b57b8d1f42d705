import S3Protocol
import Testing

@Suite struct DeleteObjectsTests {
    static func parse(_ inner: String) throws -> DeleteObjectsRequest {
        try DeleteObjectsRequest(body: Array("<Delete>\(inner)</Delete>".utf8))
    }

    static func object(_ key: String, _ more: String = "") -> String {
        "<Object><Key>\(key)</Key>\(more)</Object>"
    }

    @Test func `entries are read in order with their conditions`() throws {
        let request = try Self.parse(
            Self.object("a%2Fb")
                + Self.object(" c&#xD;&amp;", "<VersionId> 11111111111111111111111111111111 </VersionId>")
                + Self.object("d", "<VersionId/><ETag>\"e\"</ETag><New>x</New>") + Self.object("d", "<ETag>*</ETag>")
        )
        #expect(!request.isQuiet)
        let targets = try request.entries.map { try $0.target.get() }
        #expect(targets.map(\.key.string) == ["a%2Fb", " c\r&", "d", "d"])
        #expect(targets.map(\.version?.text) == [nil, "11111111111111111111111111111111", nil, nil])
        #expect(targets.map(\.precondition) == [.none, .none, .ifMatches(ETag("e")), .ifExists])
    }

    @Test(arguments: [("true", true), ("True", true), (" 1 ", true), ("false", false), ("0", false), ("", false)])
    func `quiet is a boolean`(text: String, isQuiet: Bool) throws {
        #expect(try Self.parse("<Quiet>\(text)</Quiet>" + Self.object("k")).isQuiet == isQuiet)
    }

    @Test(arguments: ["", "<Quiet>yes</Quiet><Object><Key>k</Key></Object>", "<Object/>", "<Object>k</Object>"])
    func `another list is malformed`(inner: String) {
        let error = #expect(throws: S3Error.self) { try Self.parse(inner) }
        #expect(error?.code == "MalformedXML")
    }

    @Test(arguments: [("", "MissingRequestBodyError"), ("<a/>", "MalformedXML"), ("x", "MalformedXML")])
    func `another document is refused`(body: String, code: String) {
        let error = #expect(throws: S3Error.self) { try DeleteObjectsRequest(body: Array(body.utf8)) }
        #expect(error?.code.rawValue == code)
    }

    @Test func `there are 1000 entries at most`() throws {
        let key = String(repeating: "k", count: 1_024)
        let inner = String(repeating: Self.object(key), count: 1_000)
        #expect(try Self.parse(inner).entries.count == 1_000)
        let error = #expect(throws: S3Error.self) { try Self.parse(inner + Self.object("k")) }
        #expect(error?.code == "MalformedXML")
    }

    @Test(arguments: [
        (object("", ""), "InvalidArgument"), (object(String(repeating: "k", count: 1_025)), "KeyTooLongError"),
        (object("k", "<VersionId>a/b</VersionId>"), "NoSuchVersion"),
        (object("k", "<VersionId>\(String(repeating: "v", count: 129))</VersionId>"), "NoSuchVersion"),
        (object("k", "<Size>1</Size>"), "NotImplemented"),
        (object("k", "<LastModifiedTime>x</LastModifiedTime>"), "NotImplemented"),
    ])
    func `an entry that cannot be fails alone`(object: String, code: String) throws {
        let request = try Self.parse(object + Self.object("good"))
        #expect(throws: S3Error.self) { try request.entries[0].target.get() }
        guard case .failure(let error) = request.entries[0].target else { return }
        #expect(error.code.rawValue == code)
        #expect(try request.entries[1].target.get().key.string == "good")
    }

    static func document(isQuiet: Bool) throws -> String {
        let request = try parse(
            object("a") + object("b&amp;") + object("c", "<VersionId>11111111111111111111111111111111</VersionId>")
                + object("d", "<VersionId>22222222222222222222222222222222</VersionId>")
                + object("e", "<VersionId>a/b</VersionId>") + object("f")
        )
        let outcomes: [DeleteObjectsResult.Outcome] = [
            .deleted(marker: nil), .deleted(marker: try VersionID("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
            .deleted(marker: nil),
            .deleted(marker: try VersionID("22222222222222222222222222222222")),
            .failed(.noSuchVersion(try ObjectKey("e"), text: "a/b")), .failed(.accessDenied()),
        ]
        let pairs = zip(request.entries, outcomes).map { (entry: $0, outcome: $1) }
        return UploadSample.body(try DeleteObjectsResult(outcomes: pairs, isQuiet: isQuiet).document())
    }

    static let root = "<DeleteResult \(UploadSample.namespace)>"
    static let errors = """
        <Error><Key>e</Key><VersionId>a/b</VersionId><Code>NoSuchVersion</Code><Message>The specified version does not \
        exist.</Message></Error><Error><Key>f</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error>\
        </DeleteResult>
        """

    @Test func `every entry is answered in its order`() throws {
        #expect(
            try Self.document(isQuiet: false) == """
                \(Self.root)<Deleted><Key>a</Key></Deleted><Deleted><Key>b&amp;</Key><DeleteMarker>true</DeleteMarker>\
                <DeleteMarkerVersionId>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</DeleteMarkerVersionId></Deleted><Deleted><Key>c</Key>\
                <VersionId>11111111111111111111111111111111</VersionId></Deleted><Deleted><Key>d</Key><VersionId>22222222222222222222222222222222</VersionId>\
                <DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>22222222222222222222222222222222</DeleteMarkerVersionId></Deleted>\
                \(Self.errors)
                """
        )
    }

    @Test func `a quiet answer has only what failed`() throws {
        #expect(try Self.document(isQuiet: true) == Self.root + Self.errors)
    }
}
