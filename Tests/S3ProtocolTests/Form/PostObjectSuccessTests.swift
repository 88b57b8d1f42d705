import S3Protocol
import Testing

@Suite("The answer to a form upload")
struct PostObjectSuccessTests {
    private let etag = ETag("eae75ff8500185245d286dce1f8b745e")

    private func answer(
        _ pairs: [(String, String)],
        key: String = "foo.txt",
        style: PostLocation.Style = .virtualHost
    ) throws -> PostObjectSuccess {
        PostObjectSuccess(
            PostSuccessChoice(try PostForm(pairs: pairs)),
            bucket: try BucketName("bucket"),
            key: try ObjectKey(key),
            etag: etag,
            location: PostLocation(scheme: "https", host: "uploads.example.com:9000", style: style)
        )
    }

    @Test("has the status that the form asks for, else 204", arguments: ["200", "201", "204", "404", "", " 200", nil])
    func status(_ status: String?) throws {
        let answer = try answer(status.map { [("success_action_status", $0)] } ?? [])
        #expect(answer.status == ["200": 200, "201": 201][status ?? ""] ?? 204)
        #expect(answer.location == "https://uploads.example.com:9000/foo.txt")
        #expect((answer.document != nil) == (status == "201"))
    }

    @Test("has a document with 201, its location as one encoded component")
    func document() throws {
        let key = "async_uploads/U/a \u{2014}+.png"
        let document = try #require(try answer([("success_action_status", "201")], key: key).document)
        let encoded = "async_uploads%2FU%2Fa%20%E2%80%94%2B.png"
        #expect(document.location == "https://uploads.example.com:9000/" + encoded)
        #expect(document.bucket == "bucket")
        #expect(document.key.string == key)
        #expect(document.etag.quoted == "\"eae75ff8500185245d286dce1f8b745e\"")
        let bucket = try BucketName("bucket")
        let answer = try answer([], key: key, style: .path(bucket))
        #expect(answer.location == "https://uploads.example.com:9000/bucket/" + encoded)
    }

    @Test(
        "redirects to an absolute URL, with bucket, key and tag behind it",
        arguments: [
            ("http://x/done", "http://x/done?"), ("HTTPS://x", "HTTPS://x?"), ("http://x/?a=b", "http://x/?a=b&"),
            ("http://x/?", "http://x/?"), ("http://x/?a&", "http://x/?a&"), ("http://x/\u{E9}", "http://x/%C3%A9?"),
        ]
    )
    func redirects(_ url: String, _ start: String) throws {
        let query = "bucket=bucket&key=u/a%20b&etag=%22eae75ff8500185245d286dce1f8b745e%22"
        for name in ["success_action_redirect", "redirect"] {
            let answer = try answer([(name, url), ("success_action_status", "201")], key: "u/a b")
            #expect(answer.status == 303)
            #expect(answer.location == start + query)
            #expect(answer.document == nil)
        }
        #expect(try answer([("success_action_redirect", url + "#f")], key: "u/a b").location == start + query + "#f")
    }

    @Test("prefers success_action_redirect to its old name")
    func prefersNewName() throws {
        let answer = try answer([("redirect", "http://old/"), ("success_action_redirect", "http://new/")])
        #expect(answer.location.hasPrefix("http://new/?"))
        #expect(try self.answer([("redirect", "http://old/"), ("success_action_redirect", "/x")]).status == 204)
    }

    @Test(
        "does not redirect to what is no absolute http URL",
        arguments: [
            "/done", "done", "ftp://x/", "javascript:alert(1)", "http:///x", "http://", "http://x/\r\nSet-Cookie: a",
            "http://x/a b", "//x/y", "", "http://:80/",
        ]
    )
    func ignoresOthers(_ url: String) throws {
        let answer = try answer([("success_action_redirect", url), ("success_action_status", "200")])
        #expect(answer.status == 200)
        #expect(answer.location == "https://uploads.example.com:9000/foo.txt")
    }
}
