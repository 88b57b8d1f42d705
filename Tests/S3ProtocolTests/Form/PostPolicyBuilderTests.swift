import S3Protocol
import Testing

@Suite("The form that an upload authorization hands out")
struct PostPolicyBuilderTests {
    private let now = Timestamp(seconds: 1_476_401_855)

    private func fields() throws -> [PostPolicyBuilder.Field] {
        let builder = PostPolicyBuilder(
            bucket: try BucketName("uploads"),
            keyPrefix: "async_uploads/a251225f",
            contentType: "image/png",
            sizes: PostSizeRange(minimum: 1, maximum: 1000)
        )
        return builder.fields(
            accessKeyID: SignedForm.accessKeyID,
            secret: SignedForm.secret,
            region: "eu-central-1",
            now: now
        )
    }

    @Test("has the documented fields in order, the session token empty at their end")
    func order() throws {
        let fields = try fields()
        #expect(
            fields.map(\.name) == [
                "key", "success_action_status", "Content-Type", "policy", "x-amz-credential", "x-amz-algorithm",
                "x-amz-date", "x-amz-signature", "x-amz-security-token",
            ]
        )
        #expect(fields[4].value == "AKIAIOSFODNN7EXAMPLE/20161013/eu-central-1/s3/aws4_request")
        #expect(fields[6].value == "20161013T233735Z")
        #expect(fields[8].value == "")
    }

    @Test("has the documented policy")
    func policy() throws {
        let policy = try #require(Base64.decode(try fields()[3].value))
        #expect(
            String(decoding: policy, as: UTF8.self)
                == #"{"expiration":"2016-10-14T00:37:35Z","conditions":[{"bucket":"uploads"},"#
                + #"["starts-with","$key","async_uploads/a251225f"],["starts-with","$Content-Type",""],"#
                + #"{"success_action_status":"201"},{"Content-Type":"image/png"},["content-length-range",1,1000],"#
                + #"{"x-amz-credential":"AKIAIOSFODNN7EXAMPLE/20161013/eu-central-1/s3/aws4_request"},"#
                + #"{"x-amz-algorithm":"AWS4-HMAC-SHA256"},{"x-amz-date":"20161013T233735Z"}]}"#
        )
    }

    @Test(
        "is accepted back as it is and with a longer key",
        arguments: ["async_uploads/a251225f", "async_uploads/a251225f/${filename}", "async_uploads/a251225f/x.png"]
    )
    func accepted(_ key: String) throws {
        let form = SignedForm(pairs: try fields().map { ($0.name, $0.value) }).setting("key", key)
        let permitted = try form.request().verified(secret: SignedForm.secret)
            .permitted(bucket: BucketName("uploads"), now: now)
        let upload = try permitted.upload()
        #expect(upload.key.string.hasPrefix("async_uploads/a251225f"))
        #expect(upload.contentType == "image/png")
        #expect(upload.sizes == PostSizeRange(minimum: 1, maximum: 1000))
        #expect(upload.success.status == 201)
    }

    @Test(
        "is refused with another type, bucket, prefix or status",
        arguments: [
            ("Content-Type", "text/html"), ("Content-Type", "image/png,text/html"), ("key", "async_uploads/b"),
            ("success_action_status", "200"), ("Content-Type", nil), ("acl", "public-read"),
        ] as [(String, String?)]
    )
    func refused(_ name: String, _ value: String?) throws {
        let form = SignedForm(pairs: try fields().map { ($0.name, $0.value) }).setting(name, value)
        let verified = try form.request().verified(secret: SignedForm.secret)
        let error = #expect(throws: S3Error.self) { try verified.permitted(bucket: BucketName("uploads"), now: now) }
        #expect(error?.code == "AccessDenied")
    }
}
