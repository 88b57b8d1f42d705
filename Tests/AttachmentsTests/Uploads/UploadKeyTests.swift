import Attachments
import S3Protocol
import Testing

@Suite struct UploadKeyTests {
    private static let uuid = "a251225f-308e-49f5-a064-7d0c54894666"

    @Test(
        arguments: [
            ("", nil),
            ("/picture.png", "picture.png"),
            ("/a/b.png", "b.png"),
            ("/", nil),
            ("tail.png", nil),
            ("/é ü.png", "é ü.png"),
        ] as [(String, String?)]
    )
    func `the name is the last component behind the UUID`(tail: String, name: String?) throws {
        let key = try ObjectKey("async_uploads/" + Self.uuid + tail)
        let upload = try #require(UploadKey(key, uploadPrefix: "async_uploads/"))
        #expect(upload.authorization == "async_uploads/" + Self.uuid)
        #expect(upload.filename == name)
    }

    @Test(arguments: [
        "async_uploads/", "async_uploads/x", "elsewhere/a251225f-308e-49f5-a064-7d0c54894666",
        "async_uploads/A251225F-308E-49F5-A064-7D0C54894666", "async_uploads/a251225f-308e-49f5-a064-7d0c5489466",
        "async_uploads/a251225f0308e-49f5-a064-7d0c54894666",
    ])
    func `a key without a UUID of ours is none`(text: String) throws {
        #expect(UploadKey(try ObjectKey(text), uploadPrefix: "async_uploads/") == nil)
    }

    @Test func `only Larder writes styles, and only in buckets that take attachments`() throws {
        let guardian = StylesGuard(AttachmentsConfiguration(buckets: [uploads]))
        let other = try BucketName("other")
        #expect(throws: S3Error.self) { try guardian.checkWrite(ObjectKey("styles/1/thumb-00000000.jpg"), in: uploads) }
        #expect(throws: Never.self) { try guardian.checkWrite(ObjectKey("styles/1/thumb-00000000.jpg"), in: other) }
        #expect(throws: Never.self) { try guardian.checkWrite(ObjectKey("stylesheet.css"), in: uploads) }
        #expect(guardian.reserves(try ObjectKey("styles/"), in: uploads))
    }

    @Test(arguments: [
        ("image/png", true), ("IMAGE/PNG", true), ("image/png; a=b", true), ("application/pdf", true),
        ("text/plain", true), ("text/html", false), ("imagex/png", false), ("image/", false), ("image/a b", false),
        ("application/x-msdownload", false), ("", false), ("application/vnd.apple.pages", true),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", true),
    ])
    func `content types are held against patterns by their essence`(type: String, allowed: Bool) {
        #expect(ContentTypePatterns.uploads.allow(type) == allowed)
    }
}
