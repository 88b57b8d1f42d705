import Attachments
import S3Protocol
import Testing

@Suite struct UploadAuthorizerTests {
    private func authorize(_ fixture: Fixture, _ request: UploadRequest) async throws -> UploadAuthorizationDocument {
        let client = APIClient(
            tokenID: 1,
            name: "one",
            context: ClientContext(teamID: "1234", appID: "com.thundermaps.saferme", installationID: "abc")
        )
        return try await fixture.authorizer.authorize(request, client: client) { _ in "https://uploads.example.com" }
    }

    @Test func `the document has the documented members in their order`() async throws {
        let fixture = try Fixture()
        let document = try await authorize(fixture, UploadRequest(contentType: "image/png"))
        let prefix = document.key
        let policy = document.fields.first { $0.name == "policy" }!.value
        let signature = document.fields.first { $0.name == "x-amz-signature" }!.value
        #expect(
            document.text == """
                {"upload_authorization":{"method":"POST","key":"\(prefix)","key_prefix":"\(prefix)/",\
                "url":"https://uploads.example.com","fields":{"key":"\(prefix)","success_action_status":"201",\
                "Content-Type":"image/png","policy":"\(policy)",\
                "x-amz-credential":"AKID/20161013/eu-central-1/s3/aws4_request","x-amz-algorithm":"AWS4-HMAC-SHA256",\
                "x-amz-date":"20161013T233735Z","x-amz-signature":"\(signature)","x-amz-security-token":""},\
                "required_fields":["Content-Type","file"]}}
                """
        )
        #expect(prefix.hasPrefix("async_uploads/") && prefix.utf8.count == 14 + 36)
        #expect(
            String(decoding: Base64.decode(policy)!, as: UTF8.self) == """
                {"expiration":"2016-10-14T00:37:35Z","conditions":[{"bucket":"uploads"},\
                ["starts-with","$key","\(prefix)"],["starts-with","$Content-Type",""],{"success_action_status":"201"},\
                {"Content-Type":"image/png"},["content-length-range",0,5368709120],\
                {"x-amz-credential":"AKID/20161013/eu-central-1/s3/aws4_request"},\
                {"x-amz-algorithm":"AWS4-HMAC-SHA256"},{"x-amz-date":"20161013T233735Z"}]}
                """
        )
    }

    @Test func `the authorization is kept for its token with what the client said of itself`() async throws {
        let fixture = try Fixture()
        let document = try await authorize(fixture, UploadRequest(contentType: "image/png", byteSize: "77"))
        let kept = try #require(try await fixture.store.authorization(prefix: document.key))
        #expect(kept.tokenID == 1)
        #expect(kept.context.teamID == "1234")
        #expect(kept.context.appID == "com.thundermaps.saferme")
        #expect(kept.context.installationID == "abc")
        #expect(kept.bucket == uploads)
        #expect(kept.maximumBytes == 77)
        #expect(kept.expires == fixture.clock.now.advanced(bySeconds: 3_600))
        #expect(kept.sweepDue == fixture.clock.now.advanced(bySeconds: 86_400))
        #expect(kept.claimed == nil && kept.closed == nil)
    }

    @Test func `the form passes the checks of a form upload, and only as it was authorized`() async throws {
        let fixture = try Fixture()
        let document = try await authorize(fixture, UploadRequest(contentType: "image/png", byteSize: "5"))
        func sizes(_ changes: [String: String]) throws -> PostSizeRange {
            var form = PostForm()
            for field in document.fields {
                try form.append(name: field.name, value: Array((changes[field.name] ?? field.value).utf8))
            }
            let request = try PostObjectRequest(form: form, filename: Array("a.png".utf8), rules: PostObjectRules())
            return try request.verified(secret: SigningSecret("secret"))
                .permitted(bucket: uploads, now: fixture.clock.now).sizes
        }
        #expect(try sizes([:]) == PostSizeRange(minimum: 5, maximum: 5))
        #expect(try sizes(["key": document.keyPrefix + "${filename}"]) == PostSizeRange(minimum: 5, maximum: 5))
        #expect(throws: S3Error.self) { try sizes(["Content-Type": "text/html"]) }
        #expect(throws: S3Error.self) { try sizes(["key": "elsewhere"]) }
    }

    @Test func `a file name makes the key and is all that the policy lets begin`() async throws {
        let fixture = try Fixture()
        let document = try await authorize(fixture, UploadRequest(contentType: "image/png", filename: "my photo.png"))
        #expect(document.key == document.keyPrefix + "my photo.png")
        #expect(document.fields[0] == .init("key", document.key))
        let policy = String(decoding: Base64.decode(document.fields[3].value)!, as: UTF8.self)
        #expect(policy.contains(#"["starts-with","$key","\#(document.key)"]"#))
    }

    @Test func `each authorization has a prefix of its own`() async throws {
        let fixture = try Fixture()
        var prefixes: Set<String> = []
        for _ in 0..<20 {
            prefixes.insert(try await authorize(fixture, UploadRequest(contentType: "image/png")).keyPrefix)
        }
        #expect(prefixes.count == 20)
    }

    @Test(arguments: [
        (UploadRequest(contentType: nil), 400, "content_type_missing"),
        (UploadRequest(contentType: " "), 400, "content_type_missing"),
        (UploadRequest(contentType: "text/html"), 422, "content_type_not_allowed"),
        (UploadRequest(contentType: "image"), 422, "content_type_not_allowed"),
        (UploadRequest(contentType: "image/"), 422, "content_type_not_allowed"),
        (UploadRequest(contentType: "image/png\r\nX: y"), 422, "content_type_not_allowed"),
        (UploadRequest(contentType: "image/png", byteSize: "-1"), 422, "bad_byte_size"),
        (UploadRequest(contentType: "image/png", byteSize: "+1"), 422, "bad_byte_size"),
        (UploadRequest(contentType: "image/png", byteSize: "1.5"), 422, "bad_byte_size"),
        (UploadRequest(contentType: "image/png", byteSize: ""), 422, "bad_byte_size"),
        (UploadRequest(contentType: "image/png", byteSize: "5368709121"), 422, "bad_byte_size"),
        (UploadRequest(contentType: "image/png", byteSize: "99999999999999999999"), 422, "bad_byte_size"),
        (UploadRequest(contentType: "image/png", filename: ""), 422, "bad_filename"),
        (UploadRequest(contentType: "image/png", filename: "a/b"), 422, "bad_filename"),
        (UploadRequest(contentType: "image/png", filename: ".."), 422, "bad_filename"),
        (UploadRequest(contentType: "image/png", filename: "a\u{0}"), 422, "bad_filename"),
        (UploadRequest(contentType: "image/png", filename: "${filename}"), 422, "bad_filename"),
        (UploadRequest(contentType: "image/png", filename: String(repeating: "é", count: 128)), 422, "bad_filename"),
        (UploadRequest(contentType: "image/png", bucket: "private"), 422, "bucket_not_allowed"),
        (UploadRequest(contentType: "IMAGE/PNG"), 200, ""),
        (UploadRequest(contentType: "text/plain; charset=utf-8", byteSize: "0", bucket: "uploads"), 200, ""),
    ])
    func `what cannot be authorized is refused with its reason`(
        request: UploadRequest,
        status: Int,
        code: String
    ) async throws {
        let fixture = try Fixture()
        do {
            _ = try await authorize(fixture, request)
            #expect(status == 200)
        } catch let error as APIError {
            #expect(error.status == status)
            #expect(error.failure.code == code)
        }
    }
}
