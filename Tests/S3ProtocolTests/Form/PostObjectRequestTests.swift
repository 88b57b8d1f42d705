import S3Protocol
import Testing

/// A form that is signed in the test, so that each row of the order of checks can be broken by itself.
struct SignedForm {
    static let accessKeyID = "AKIAIOSFODNN7EXAMPLE"
    static let secret = SigningSecret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    static let now = Timestamp(seconds: 1_767_225_600)
    static let credential = "AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/s3/aws4_request"

    var pairs: [(String, String)]
    var rules = PostObjectRules()
    var filename: String? = "a.png"

    /// A SigV4 form whose policy covers `fields` by exact conditions.
    static func version4(
        _ fields: [(String, String)] = [("key", "k")],
        more: String = "",
        expiration: String = "2026-01-01T01:00:00Z"
    ) -> SignedForm {
        let covered =
            fields + [
                ("x-amz-credential", credential), ("x-amz-algorithm", "AWS4-HMAC-SHA256"),
                ("x-amz-date", "20260101T000000Z"),
            ]
        let policy = Self.policy(covered, more: more, expiration: expiration)
        let scope = CredentialScope(date: "20260101", region: "us-east-1")
        let signature = SigningKey(secret: secret, scope: scope).signature(of: policy.utf8)
        return SignedForm(pairs: covered + [("policy", policy), ("x-amz-signature", signature)])
    }

    static func version2(_ fields: [(String, String)] = [("key", "k")]) -> SignedForm {
        let policy = Self.policy(fields, more: "", expiration: "2026-01-01T01:00:00Z")
        let signature = SigV2Signature(secret: secret, text: policy.utf8).base64
        return SignedForm(
            pairs: fields + [("AWSAccessKeyId", accessKeyID), ("policy", policy), ("signature", signature)]
        )
    }

    static func policy(_ fields: [(String, String)], more: String, expiration: String) -> String {
        let conditions =
            [#"{"bucket":"bucket"}"#]
            + fields.map { "{\(JSONValue.quote($0.0)):\(JSONValue.quote($0.1))}" } + (more.isEmpty ? [] : [more])
        let json = "{\"expiration\":\"\(expiration)\",\"conditions\":[\(conditions.joined(separator: ","))]}"
        return Base64.encode(Array(json.utf8))
    }

    func setting(_ name: String, _ value: String?) -> SignedForm {
        var form = self
        form.pairs.removeAll { $0.0 == name }
        if let value { form.pairs.append((name, value)) }
        return form
    }

    func request() throws -> PostObjectRequest {
        try PostObjectRequest(form: PostForm(pairs: pairs), filename: filename.map { Array($0.utf8) }, rules: rules)
    }

    func permitted(now: Timestamp = Self.now, token: String? = nil) throws -> PermittedPostObject {
        try request().verified(secret: Self.secret, sessionToken: token)
            .permitted(bucket: BucketName("bucket"), now: now)
    }

    func upload() throws -> PostObjectUpload {
        try permitted().upload()
    }
}

@Suite("The order of checks of a form upload")
struct PostObjectRequestTests {
    @Test("lets a whole SigV4 form through")
    func passesVersion4() throws {
        let upload = try SignedForm.version4().upload()
        #expect(upload.key.string == "k")
        #expect(upload.contentType == "binary/octet-stream")
        #expect(upload.success == PostSuccessChoice(PostForm()))
        #expect(upload.sizes == PostSizeRange())
        #expect(try SignedForm.version4().request().authentication.accessKeyID == SignedForm.accessKeyID)
    }

    @Test("lets a whole SigV2 form through, unless the switch refuses it")
    func passesVersion2() throws {
        var form = SignedForm.version2()
        #expect(try form.request().authentication == .version2(accessKeyID: SignedForm.accessKeyID))
        #expect(try form.upload().key.string == "k")
        form.rules.allowsVersion2 = false
        let error = #expect(throws: S3Error.self) { try form.request() }
        #expect(error?.code == "InvalidRequest")
        #expect(error?.status == 400)
    }

    @Test("finds field names in any case")
    func ignoresCase() throws {
        var form = SignedForm.version4()
        form.pairs = form.pairs.map { ($0.0.uppercased(), $0.1) }
        #expect(try form.upload().key.string == "k")
    }

    @Test("asks for a key first", arguments: [nil, "", "${filename}"])
    func needsKey(_ key: String?) {
        var form = SignedForm.version4().setting("key", key).setting("x-amz-date", nil)
        form.filename = ""
        let error = #expect(throws: S3Error.self) { try form.request() }
        #expect(error?.code == "InvalidArgument")
        #expect(
            error?.message == "Bucket POST must contain a field named 'key'.  If it is specified, please check the "
                + "order of the fields."
        )
        #expect(error?.details == [.init("ArgumentName", "key"), .init("ArgumentValue", "")])
    }

    @Test("takes a form without signature fields for anonymous, and does not read its policy")
    func anonymous() throws {
        let form = SignedForm(pairs: [("key", "k"), ("policy", "rubbish"), ("submit", "x")])
        #expect(try form.request().authentication == .anonymous)
        let verified = try form.request().verified(secret: nil)
        #expect(try verified.permitted(bucket: BucketName("bucket"), now: SignedForm.now).upload().key.string == "k")
    }

    @Test(
        "names the field that the mode lacks",
        arguments: [
            (["policy"], "Policy"), (["x-amz-algorithm"], "X-Amz-Algorithm"),
            (["x-amz-algorithm", "x-amz-credential"], "X-Amz-Algorithm"),
            (["x-amz-credential"], "X-Amz-Credential"), (["x-amz-date"], "X-Amz-Date"),
            (["x-amz-signature"], "X-Amz-Signature"),
        ]
    )
    func missingVersion4(_ names: [String], _ named: String) {
        expectMissing(names.reduce(SignedForm.version4()) { $0.setting($1, nil) }, named)
    }

    @Test(
        "names the field that SigV2 lacks",
        arguments: [("policy", "Policy"), ("AWSAccessKeyId", "AWSAccessKeyId"), ("signature", "Signature")]
    )
    func missingVersion2(_ name: String, _ named: String) {
        expectMissing(SignedForm.version2().setting(name, nil), named)
    }

    @Test(
        "refuses fields that are malformed",
        arguments: [
            ("x-amz-algorithm", "AWS4-HMAC-SHA1", "X-Amz-Algorithm", "Only AWS4-HMAC-SHA256 is supported"),
            ("x-amz-date", "2026-01-01T00:00:00Z", "X-Amz-Date", "X-Amz-Date must be formated via ISO8601 Long format"),
            (
                "x-amz-credential", "AKID/20260101", "x-amz-credential",
                #"the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request"."#
            ),
            (
                "x-amz-credential", "A/2026/r/s3/aws4_request", "x-amz-credential",
                #"incorrect date format "2026". This date in the credential must be in the format "yyyyMMdd"."#
            ),
            (
                "x-amz-credential", "A/20260101/r/s3/aws", "x-amz-credential",
                #"incorrect terminal "aws". This endpoint uses "aws4_request"."#
            ),
            (
                "x-amz-credential", "A/20260101/r/ec2/aws4_request", "x-amz-credential",
                #"incorrect service "ec2". This endpoint belongs to "s3"."#
            ),
            (
                "x-amz-credential", "A/20260101/r/s3/aws4_request", "x-amz-credential",
                #"the region "r" is wrong; expecting "us-east-1""#
            ),
        ]
    )
    func malformed(_ name: String, _ value: String, _ argument: String, _ message: String) {
        var form = SignedForm.version4().setting(name, value)
        form.rules.enforcedRegion = "us-east-1"
        let error = #expect(throws: S3Error.self) { try form.request() }
        #expect(error?.code == "InvalidArgument")
        #expect(error?.message == message)
        #expect(error?.details == [.init("ArgumentName", argument), .init("ArgumentValue", value)])
    }

    @Test("refuses an access key that nobody has")
    func unknownKey() {
        let error = #expect(throws: S3Error.self) { try SignedForm.version4().request().verified(secret: nil) }
        #expect(error?.code == "InvalidAccessKeyId")
        #expect(error?.status == 403)
        #expect(error?.details == [.init("AWSAccessKeyId", SignedForm.accessKeyID)])
    }

    @Test("refuses a session token that is not the key's, before the signature")
    func sessionToken() throws {
        let form = SignedForm.version4([("key", "k"), ("x-amz-security-token", "t")])
        let error = #expect(throws: S3Error.self) { try form.setting("x-amz-signature", "0").permitted() }
        #expect(error?.code == "InvalidToken")
        #expect(throws: S3Error.self) { try form.permitted(token: "u") }
        #expect(throws: S3Error.self) { try SignedForm.version4().permitted(token: "t") }
        _ = try form.permitted(token: "t")
    }

    @Test("takes an empty session token for none, also as to coverage")
    func emptyToken() throws {
        #expect(try SignedForm.version4().setting("x-amz-security-token", "").upload().key.string == "k")
    }

    @Test("answers a tampered policy with the mismatch, never with the policy's faults")
    func tampered() throws {
        for policy in ["rubbish!", "e30=", ""] {
            let form = SignedForm.version4().setting("policy", policy)
            let error = #expect(throws: S3Error.self) { try form.permitted() }
            #expect(error?.code == "SignatureDoesNotMatch")
            #expect(
                error?.details.map(\.name) == [
                    "AWSAccessKeyId", "StringToSign", "SignatureProvided", "StringToSignBytes",
                ]
            )
            #expect(error?.details[1].value == policy)
        }
        #expect(throws: S3Error.self) { try SignedForm.version2().setting("signature", "x").permitted() }
    }

    @Test("reads the policy only behind the signature")
    func policyDocument() throws {
        let policy = Base64.encode(Array("{".utf8))
        let key = SigningKey(secret: SignedForm.secret, scope: .init(date: "20260101", region: "us-east-1"))
        let form = SignedForm.version4().setting("policy", policy)
            .setting("x-amz-signature", key.signature(of: policy.utf8))
        #expect(throws: S3Error.invalidPolicyDocument("Invalid JSON.")) { try form.permitted() }
        let empty = form.setting("policy", "").setting("x-amz-signature", key.signature(of: "".utf8))
        #expect(throws: S3Error.invalidPolicyDocument("Expecting '{' but found End-of-Input")) {
            try empty.permitted()
        }
    }

    @Test("refuses an expired policy, one that fails, and one that leaves a field out")
    func policyRules() {
        #expect(throws: S3Error.invalidAccordingToPolicy("Policy expired.")) {
            try SignedForm.version4().permitted(now: SignedForm.now.advanced(bySeconds: 3600))
        }
        #expect(throws: S3Error.invalidAccordingToPolicy("Policy Condition failed: [\"eq\", \"$key\", \"k\"]")) {
            try SignedForm.version4().setting("key", "other").permitted()
        }
        #expect(throws: S3Error.invalidAccordingToPolicy("Extra input fields: submit")) {
            try SignedForm.version4().setting("submit", "x").permitted()
        }
    }

    @Test("ends seven days after the credential's date whatever the policy says")
    func credentialAge() throws {
        let form = SignedForm.version4(expiration: "2030-01-01T00:00:00Z")
        _ = try form.permitted(now: SignedForm.now.advanced(bySeconds: 8 * 86_400 - 1))
        let error = #expect(throws: S3Error.self) {
            try form.permitted(now: SignedForm.now.advanced(bySeconds: 8 * 86_400))
        }
        #expect(error?.message == "Invalid according to Policy: Policy expired.")
    }

    @Test("matches the key with the file's name put in")
    func expandsBeforePolicy() throws {
        var form = SignedForm.version4([], more: #"["starts-with","$key","u/"]"#).setting("key", "u/${filename}")
        form.filename = #"C:\a\b.png"#
        #expect(try form.upload().key.string == "u/b.png")
        form.filename = "\u{E9}.png"
        #expect(try form.upload().key.string == "u/\u{E9}.png")
        form.filename = nil
        #expect(try form.upload().key.string == "u/${filename}")
        #expect(try form.setting("key", "u/longer/name").upload().key.string == "u/longer/name")
        #expect(throws: S3Error.self) { try form.setting("key", "v/x").upload() }
    }

    @Test("gives the sizes that the policy allows")
    func sizes() throws {
        let form = SignedForm.version4(more: #"["content-length-range",1,10485760]"#)
        #expect(try form.permitted().sizes == PostSizeRange(minimum: 1, maximum: 10_485_760))
    }

    @Test("accepts the published SigV4 example")
    func publishedVersion4() throws {
        let policy = PostPolicyVectors.version4Policy
        let pairs = [
            ("key", "user/user1/${filename}"), ("acl", "public-read"),
            ("success_action_redirect", "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"),
            ("Content-Type", "image/jpeg"), ("x-amz-meta-uuid", "14365123651274"),
            ("x-amz-server-side-encryption", "AES256"),
            ("X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"),
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Date", "20151229T000000Z"), ("x-amz-meta-tag", ""),
            ("Policy", policy),
            ("X-Amz-Signature", "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"),
        ]
        var form = SignedForm(pairs: pairs)
        form.rules = PostObjectRules(enforcedRegion: "us-east-1", encryptionDeclared: true)
        form.filename = "x.jpg"
        let verified = try form.request().verified(secret: SignedForm.secret, cache: nil)
        let bucket = try BucketName("sigv4examplebucket")
        let now = try #require(Timestamp(iso8601: "2015-12-30T11:59:59Z"))
        let upload = try verified.permitted(bucket: bucket, now: now).upload()
        #expect(upload.key.string == "user/user1/x.jpg")
        #expect(upload.cannedACL == "public-read")
        #expect(upload.success.redirect == "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html")
        #expect(upload.userMetadata.fields.map(\.name) == ["uuid", "tag"])
    }

    @Test(
        "accepts the published SigV2 example",
        arguments: [
            ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "gp42sMsv4L5xLO0OjT+56V64o+A="),
            ("uV3F3YluFJax1cknvbcGwgjvx4QpvB+leU8dUj2o", "0RavWzkygo6QX9caELEqKi9kDbU="),
        ]
    )
    func publishedVersion2(_ secret: String, _ signature: String) throws {
        let pairs = [
            ("key", "user/eric/a.jpg"), ("acl", "public-read"),
            ("success_action_redirect", "http://johnsmith.s3.amazonaws.com/successful_upload.html"),
            ("Content-Type", "image/jpeg"), ("x-amz-meta-uuid", "14365123651274"), ("x-amz-meta-tag", "a,b"),
            ("AWSAccessKeyId", "AKIAIOSFODNN7EXAMPLE"), ("Policy", PostPolicyVectors.version2Policy),
            ("Signature", signature),
        ]
        let verified = try SignedForm(pairs: pairs).request().verified(secret: SigningSecret(secret))
        let now = try #require(Timestamp(iso8601: "2007-12-01T11:59:59Z"))
        let permitted = try verified.permitted(bucket: BucketName("johnsmith"), now: now)
        #expect(try permitted.upload().contentType == "image/jpeg")
    }

    private func expectMissing(_ form: SignedForm, _ named: String) {
        let error = #expect(throws: S3Error.self) { try form.request() }
        #expect(error == S3Error.missingPostField(named))
        #expect(error?.details == [.init("ArgumentName", named), .init("ArgumentValue", "")])
    }
}
