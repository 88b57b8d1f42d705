import S3Protocol
import Testing

@Suite("The policy of a form")
struct PostPolicyTests {
    private static let future = #""expiration":"2030-01-01T00:00:00Z""#

    @Test(
        "is refused as a document for what is wrong with it",
        arguments: [
            ("", "Expecting '{' but found End-of-Input"), (" \n", "Expecting '{' but found End-of-Input"),
            ("{", "Invalid JSON."), ("[]", "Invalid JSON."), ("x", "Invalid JSON."),
            ("{\(future),\"conditions\":[{\"bucket\":\"b\"},]}", "Invalid JSON."),
            ("{\(future),\"conditions\":[],\"extra\":1}", "Unexpected: \"extra\""),
            ("{\"Expiration\":\"2030-01-01T00:00:00Z\",\"conditions\":[]}", "Unexpected: \"Expiration\""),
            ("{\(future),\"Conditions\":[]}", "Unexpected: \"Conditions\""),
            ("{\(future),\(future),\"conditions\":[]}", "Invalid JSON."),
            ("{\"conditions\":[]}", "Policy missing expiration."), ("{}", "Policy missing expiration."),
            ("{\"expiration\":\"x\",\"conditions\":[]}", "Invalid 'expiration' value: 'x'"),
            (
                "{\"expiration\":\"2030-02-30T00:00:00Z\",\"conditions\":[]}",
                "Invalid 'expiration' value: '2030-02-30T00:00:00Z'"
            ),
            ("{\"expiration\":5,\"conditions\":[]}", "Invalid JSON."),
            ("{\(future)}", "Policy missing conditions."),
            ("{\(future),\"conditions\":{}}", "Invalid 'conditions' value: must be a List."),
            ("{\(future),\"conditions\":\"x\"}", "Invalid 'conditions' value: must be a List."),
        ]
    )
    func document(_ json: String, _ text: String) {
        expectInvalid(json, text)
    }

    @Test(
        "is refused for a condition that is none",
        arguments: [
            (#""x""#, "Invalid condition test: must be a List or Object."),
            ("5", "Invalid condition test: must be a List or Object."),
            ("null", "Invalid condition test: must be a List or Object."),
            ("[]", "Invalid Condition: missing operation identifier."),
            (#"["x","$key","v"]"#, "Invalid Condition: unknown operation 'x'."),
            (#"["X","$key"]"#, "Invalid Condition: unknown operation 'X'."),
            (#"["eq"]"#, "Invalid eq: wrong number of arguments."),
            (#"["eq","$key"]"#, "Invalid eq: wrong number of arguments."),
            (#"["EQ","$key","a","b"]"#, "Invalid eq: wrong number of arguments."),
            (#"["starts-with","$key"]"#, "Invalid starts-with: wrong number of arguments."),
            (#"["content-length-range",1]"#, "Invalid content-length-range: wrong number of arguments."),
            (#"["content-length-range",1,true]"#, "Invalid JSON."),
            (#"["content-length-range",1,1.5]"#, "Invalid JSON."),
            (
                #"["content-length-range",-1,0]"#,
                "Invalid content-length-range: the range must not be negative."
            ),
            (
                #"["content-length-range","0","-1"]"#,
                "Invalid content-length-range: the range must not be negative."
            ),
            ("{}", "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."),
            (
                #"{"a":"1","b":"2"}"#,
                "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified."
            ),
            (#"{"key":5}"#, "Invalid Simple-Condition: value must be a string."),
            (#"{"key":true}"#, "Invalid Simple-Condition: value must be a string."),
            (#"{"key":["a"]}"#, "Invalid Simple-Condition: value must be a string."),
            (#"[1,"$key","a"]"#, "Invalid JSON."), (#"["eq","$key",1]"#, "Invalid JSON."),
            (#"["eq",null,"a"]"#, "Invalid JSON."),
        ]
    )
    func condition(_ json: String, _ text: String) {
        expectInvalid("{\(Self.future),\"conditions\":[{\"bucket\":\"b\"},\(json)]}", text)
    }

    @Test("is base64, with or without padding and line breaks")
    func base64() throws {
        let json = Array("{\(Self.future),\"conditions\":[]  }".utf8)
        let text = Array(Base64.encode(json).utf8)
        let expected = try PostPolicy(json: json)
        #expect(text.last == UInt8(ascii: "="))
        #expect(try PostPolicy(base64: text) == expected)
        #expect(try PostPolicy(base64: text.filter { $0 != UInt8(ascii: "=") }) == expected)
        #expect(try PostPolicy(base64: Array(text[..<20]) + [13, 10] + Array(text[20...]) + [10]) == expected)
        let error = #expect(throws: S3Error.self) { try PostPolicy(base64: Array("{not base64}".utf8)) }
        #expect(error?.message == "Invalid Policy: invalid Base64 encoding.")
        let empty = #expect(throws: S3Error.self) { try PostPolicy(base64: []) }
        #expect(empty?.message == "Invalid Policy: Expecting '{' but found End-of-Input")
    }

    @Test(
        "takes the usual forms of its expiration",
        arguments: [
            ("2026-01-01T00:00:00Z", 1_767_225_600), ("2026-01-01T00:00:00.000Z", 1_767_225_600),
            ("2026-01-01T01:00:00+01:00", 1_767_225_600), ("9999-12-31T23:59:59.999Z", 9_223_372_036),
        ]
    )
    func expiration(_ text: String, _ seconds: Int64) throws {
        let policy = try PostPolicy(json: Array("{\"expiration\":\"\(text)\",\"conditions\":[]}".utf8))
        #expect(policy.expiration.seconds == seconds)
    }

    @Test("no longer holds at its very expiration")
    func expires() throws {
        let policy = try Self.policy(#"{"bucket":"b"}"#)
        let end = policy.expiration
        _ = try policy.evaluate(PostForm(), bucket: "b", now: end.advanced(bySeconds: -1))
        let error = #expect(throws: S3Error.self) { try policy.evaluate(PostForm(), bucket: "b", now: end) }
        #expect(error?.code == "AccessDenied")
        #expect(error?.status == 403)
        #expect(error?.message == "Invalid according to Policy: Policy expired.")
    }

    @Test(
        "holds for forms that are as it says",
        arguments: [
            (#"{"KEY":"a/b"}"#, [("key", "a/b")]),
            (#"["Eq","$Key","a/b"]"#, [("key", "a/b")]),
            (#"["STARTS-WITH","$key","a/"]"#, [("key", "a/b")]),
            (#"["starts-with","$key",""]"#, [("key", "a")]),
            (#"["starts-with","$key","a"],{"key":"ab"}"#, [("key", "ab")]),
            (#"["starts-with","$Content-Type","image/"]"#, [("content-type", "image/png, image/gif,image/x")]),
            (#"["eq","$success_Action_REDIRECT","http://x/"]"#, [("success_action_redirect", "http://x/")]),
            (#"{"x-amz-security-token":""}"#, [("x-amz-security-token", "")]),
            (#"{"acl":"private"}"#, [("acl", "private"), ("x-ignore-me", "1"), ("x-amz-security-token", "")]),
            (
                #"{"x":"y"}"#,
                [("x", "y"), ("x-amz-signature", "1"), ("signature", "1"), ("AWSAccessKeyId", "1"), ("policy", "1")]
            ),
            (#"["eq","$key","\\$foo.txt"]"#, [("key", #"\$foo.txt"#)]),
            (#"["eq","$key","\$foo.txt"]"#, [("key", "$foo.txt")]),
        ] as [(String, [(String, String)])]
    )
    func holds(_ conditions: String, _ pairs: [(String, String)]) throws {
        let policy = try Self.policy(#"{"bucket":"b"},"# + conditions)
        let sizes = try policy.evaluate(try PostForm(pairs: pairs), bucket: "b", now: Timestamp(seconds: 0))
        #expect(sizes == PostSizeRange())
    }

    @Test(
        "names the condition that failed, as it was written",
        arguments: [
            (#"{"key":"a"}"#, [("key", "b")], #"["eq", "$key", "a"]"#),
            (#"{"X-Amz-Date":"1"}"#, [("x-amz-date", "2")], #"["eq", "$X-Amz-Date", "1"]"#),
            (
                #"["eq","$success_action_redirect","http://x/"]"#, [],
                #"["eq", "$success_action_redirect", "http://x/"]"#
            ),
            (#"["starts-with","$Content-Length",""]"#, [], #"["starts-with", "$Content-Length", ""]"#),
            (#"["Starts-With", "$key","a/"]"#, [("key", "A/")], #"["Starts-With", "$key", "a/"]"#),
            (#"["eq","key","a"]"#, [("key", "a")], #"["eq", "key", "a"]"#),
            (
                #"["starts-with","$Content-Type","image/"]"#, [("content-type", "image/png,text/html")],
                #"["starts-with", "$Content-Type", "image/"]"#
            ),
            (#"["content-length-range","test",10]"#, [], #"["content-length-range", "test", 10]"#),
            (#"["content-length-range",0,""]"#, [], #"["content-length-range", 0, ""]"#),
            ("{\"key\":\"\u{E9}\"}", [("key", "e\u{301}")], "[\"eq\", \"$key\", \"\u{E9}\"]"),
            (#"{"key":"a\"b"}"#, [("key", "a")], #"["eq", "$key", "a\"b"]"#),
            (#"{"bucket":"other"}"#, [("bucket", "other")], #"["eq", "$bucket", "other"]"#),
            (#"["starts-with","$key",""],{"key":"ab"}"#, [("key", "abc")], #"["eq", "$key", "ab"]"#),
        ] as [(String, [(String, String)], String)]
    )
    func fails(_ conditions: String, _ pairs: [(String, String)], _ rendering: String) throws {
        let policy = try Self.policy(#"{"bucket":"b"},"# + conditions)
        let form = try PostForm(pairs: pairs)
        let error = #expect(throws: S3Error.self) {
            try policy.evaluate(form, bucket: "b", now: Timestamp(seconds: 0))
        }
        #expect(error?.code == "AccessDenied")
        #expect(error?.message == "Invalid according to Policy: Policy Condition failed: \(rendering)")
    }

    @Test(
        "names a field that no condition covers",
        arguments: [
            (#"{"bucket":"b"}"#, [("Content-Type", "a")], "content-type"),
            (#"{"bucket":"b"},{"key":"k"}"#, [("key", "k"), ("submit", "Upload")], "submit"),
            (#"{"bucket":"b"}"#, [("x-amz-security-token", "t")], "x-amz-security-token"),
            (#"{"bucket":"b"}"#, [("x-amz-credential", "t")], "x-amz-credential"),
            (#"{"key":"k"}"#, [("key", "k"), ("bucket", "b")], "bucket"), ("", [], "bucket"),
            (#"["content-length-range",0,1]"#, [], "bucket"),
        ] as [(String, [(String, String)], String)]
    )
    func covers(_ conditions: String, _ pairs: [(String, String)], _ name: String) throws {
        let policy = try Self.policy(conditions)
        let form = try PostForm(pairs: pairs)
        let error = #expect(throws: S3Error.self) {
            try policy.evaluate(form, bucket: "b", now: Timestamp(seconds: 0))
        }
        #expect(error?.code == "AccessDenied")
        #expect(error?.message == "Invalid according to Policy: Extra input fields: \(name)")
    }

    @Test("intersects its ranges of length, written as numbers or strings")
    func ranges() throws {
        let policy = try Self.policy(
            #"{"bucket":"b"},["content-length-range","5",100],["Content-Length-Range",0,"99999999999999999999"]"#
        )
        let sizes = try policy.evaluate(PostForm(), bucket: "b", now: Timestamp(seconds: 0))
        #expect(sizes == PostSizeRange(minimum: 5, maximum: 100))
    }

    @Test(
        "allows sizes from its minimum to its maximum",
        arguments: [(0, "EntityTooSmall"), (4, "EntityTooSmall"), (5, nil), (10, nil), (11, "EntityTooLarge")]
            as [(Int64, String?)]
    )
    func sizes(_ size: Int64, _ code: String?) {
        let range = PostSizeRange(minimum: 5, maximum: 10)
        #expect(throws: Never.self) { try range.check(min(size, 10), isWhole: false) }
        guard let code else {
            #expect(throws: Never.self) { try range.check(size) }
            return
        }
        let thrown = #expect(throws: S3Error.self) { try range.check(size) }
        #expect(thrown?.code.rawValue == code)
        #expect(thrown?.details.first == S3Error.Field("ProposedSize", "\(size)"))
    }

    @Test("allows 5 GiB and not one byte more without a range of its own")
    func largest() throws {
        try PostSizeRange().check(5_368_709_120)
        #expect(throws: S3Error.self) { try PostSizeRange().check(5_368_709_121) }
    }

    private static func policy(_ conditions: String) throws -> PostPolicy {
        try PostPolicy(json: Array("{\(future),\"conditions\":[\(conditions)]}".utf8))
    }

    private func expectInvalid(_ json: String, _ text: String) {
        let error = #expect(throws: S3Error.self) { try PostPolicy(json: Array(json.utf8)) }
        #expect(error?.code == "InvalidPolicyDocument")
        #expect(error?.status == 400)
        #expect(error?.message == "Invalid Policy: \(text)")
    }
}
