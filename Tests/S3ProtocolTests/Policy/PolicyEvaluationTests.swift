import Testing

@testable import S3Protocol

@Suite("A policy")
struct PolicyEvaluationTests {
    @Test(
        "is for the principals that it names",
        arguments: [
            (#""*""#, "-", "allow"), (#""*""#, "alice", "allow"), (#"{"AWS":"*"}"#, "-", "allow"),
            (#"{"AWS":["999999999999","*"]}"#, "alice", "allow"),
            (#"{"AWS":"arn:aws:iam::123456789012:user/alice"}"#, "alice", "allow"),
            (#"{"AWS":"arn:aws:iam::123456789012:user/alice"}"#, "bob", "none"),
            (#"{"AWS":"arn:aws:iam::123456789012:user/alice"}"#, "stranger", "none"),
            (#"{"AWS":"arn:aws:iam::123456789012:user/alice"}"#, "-", "none"),
            (#"{"AWS":"arn:aws:iam::123456789012:user/Alice"}"#, "alice", "none"),
            (#"{"AWS":["arn:aws:iam::123456789012:user/bob","arn:aws:iam::123456789012:user/alice"]}"#, "bob", "allow"),
            (#"{"AWS":"123456789012"}"#, "alice", "allow"), (#"{"AWS":"123456789012"}"#, "root", "allow"),
            (#"{"AWS":"123456789012"}"#, "stranger", "none"), (#"{"AWS":"123456789012"}"#, "-", "none"),
            (#"{"AWS":"arn:aws:iam::123456789012:root"}"#, "bob", "allow"),
            (#"{"CanonicalUser":"\#(PolicySample.canonicalID)"}"#, "alice", "allow"),
            (#"{"CanonicalUser":"\#(PolicySample.canonicalID)"}"#, "bob", "none"),
            (#"{"CanonicalUser":"\#(PolicySample.canonicalID)","AWS":"999999999999"}"#, "stranger", "allow"),
            (#"{"Service":"logging.s3.amazonaws.com"}"#, "alice", "none"),
            (#"{"Service":"logging.s3.amazonaws.com"}"#, "-", "none"),
        ]
    )
    func principal(_ principal: String, _ caller: String, _ decision: String) throws {
        let policy = try PolicySample.policy(PolicySample.statement(principal: "\"Principal\":\(principal)"))
        let request = try PolicySample.request(by: PolicySample.caller(caller))
        #expect(policy.evaluate(request).word == decision)
    }

    @Test(
        "leaves out whom NotPrincipal names",
        arguments: [
            (#"{"AWS":"arn:aws:iam::123456789012:user/alice"}"#, "alice", "allow"),
            (#"{"AWS":"arn:aws:iam::123456789012:user/alice"}"#, "bob", "deny"),
            (#"{"AWS":"arn:aws:iam::123456789012:user/alice"}"#, "-", "deny"),
            (#"{"AWS":"arn:aws:iam::123456789012:user/alice"}"#, "root", "deny"),
            (#"{"AWS":["arn:aws:iam::123456789012:user/alice","123456789012"]}"#, "root", "allow"),
            (#"{"AWS":["arn:aws:iam::123456789012:user/alice","123456789012"]}"#, "bob", "deny"),
            (#"{"CanonicalUser":"\#(PolicySample.canonicalID)"}"#, "alice", "allow"), (#""*""#, "bob", "allow"),
        ]
    )
    func notPrincipal(_ principal: String, _ caller: String, _ decision: String) throws {
        let policy = try PolicySample.policy(
            PolicySample.statement(),
            PolicySample.statement(effect: "Deny", principal: "\"NotPrincipal\":\(principal)")
        )
        #expect(policy.evaluate(try PolicySample.request(by: PolicySample.caller(caller))).word == decision)
    }

    @Test(
        "gives users of the owner's account nothing by naming the account, when that is asked for",
        arguments: [
            ("alice", "123456789012", "none"), ("root", "123456789012", "allow"), ("alice", "999999999999", "allow"),
            ("alice", nil, "allow"),
        ]
    )
    func delegation(_ caller: String, _ owner: String?, _ decision: String) throws {
        let element = #""Principal":{"AWS":"123456789012"}"#
        let ask: (Policy) throws -> PolicyDecision = { policy in
            policy.evaluate(
                PolicyRequest(
                    principal: PolicySample.caller(caller),
                    action: "s3:GetObject",
                    bucket: try BucketName("bucket"),
                    key: try ObjectKey("key"),
                    ownerAccount: owner
                )
            )
        }
        #expect(try ask(PolicySample.policy(PolicySample.statement(principal: element))).word == decision)
        let denial = PolicySample.statement(effect: "Deny", principal: element)
        #expect(try ask(PolicySample.policy(denial)).word == "deny")
    }

    @Test(
        "is about the actions that it names",
        arguments: [
            (#""Action":"s3:GetObject""#, "s3:GetObject", "allow"),
            (#""Action":"S3:getobject""#, "s3:GetObject", "allow"),
            (#""Action":"s3:GetObject""#, "S3:GETOBJECT", "allow"),
            (#""Action":"s3:GetObject""#, "s3:GetObjectVersion", "none"),
            (#""Action":"s3:*""#, "s3:PutObject", "allow"),
            (#""Action":"*""#, "s3:PutObject", "allow"), (#""Action":"s3:Get*""#, "s3:GetObjectAcl", "allow"),
            (#""Action":"s3:Get*""#, "s3:PutObject", "none"), (#""Action":"s3:?etObject""#, "s3:GetObject", "allow"),
            (#""Action":["s3:PutObject","s3:Get*"]"#, "s3:GetObject", "allow"),
            (#""NotAction":"s3:PutObject""#, "s3:GetObject", "allow"),
            (#""NotAction":"s3:PutObject""#, "s3:PutObject", "none"),
            (#""NotAction":["s3:Put*","s3:Delete*"]"#, "s3:DeleteObject", "none"),
            (#""NotAction":["S3:PUT*"]"#, "s3:PutObject", "none"),
        ]
    )
    func action(_ element: String, _ action: String, _ decision: String) throws {
        let policy = try PolicySample.policy(PolicySample.statement(action: element))
        #expect(policy.evaluate(try PolicySample.request(action)).word == decision)
    }

    @Test(
        "is about the resources that it names",
        arguments: [
            (#""Resource":"arn:aws:s3:::bucket/*""#, "a/b/c", "allow"),
            (#""Resource":"arn:aws:s3:::bucket/*""#, nil, "none"),
            (#""Resource":"arn:aws:s3:::bucket/a*""#, "a", "allow"),
            (#""Resource":"arn:aws:s3:::bucket/a*""#, "b", "none"),
            (#""Resource":"arn:aws:s3:::bucket/a*c""#, "a/b/c", "allow"),
            (#""Resource":"arn:aws:s3:::bucket/?""#, "é", "allow"),
            (#""Resource":"arn:aws:s3:::bucket/?""#, "ab", "none"),
            (#""Resource":"arn:aws:s3:::bucket/\u00e9""#, "e\u{301}", "none"),
            (#""Resource":"arn:aws:s3:::bucket/A""#, "a", "none"),
            (#""Resource":"arn:aws:s3:::bucket*""#, "x", "allow"),
            (#""Resource":["arn:aws:s3:::bucket/a","arn:aws:s3:::bucket/b"]"#, "b", "allow"),
            (#""NotResource":"arn:aws:s3:::bucket/private/*""#, "public/a", "allow"),
            (#""NotResource":"arn:aws:s3:::bucket/private/*""#, "private/a", "none"),
            (#""Resource":"arn:aws:s3:::bucket/home/${aws:username}/*""#, "home/alice/x", "allow"),
            (#""Resource":"arn:aws:s3:::bucket/home/${AWS:UserName}/*""#, "home/bob/x", "none"),
            (#""Resource":"arn:aws:s3:::bucket/${aws:userid}""#, "AIDAALICE", "allow"),
            (#""Resource":"arn:aws:s3:::bucket/${*}${?}${$}""#, "*?$", "allow"),
            (#""Resource":"arn:aws:s3:::bucket/${*}""#, "x", "none"),
            (#""NotResource":"arn:aws:s3:::bucket/home/${aws:username}/*""#, "home/bob/x", "allow"),
        ] as [(String, String?, String)]
    )
    func resource(_ element: String, _ key: String?, _ decision: String) throws {
        let policy = try PolicySample.policy(PolicySample.statement(resource: element))
        #expect(policy.evaluate(try PolicySample.request(key: key, by: PolicySample.alice)).word == decision)
    }

    @Test("knows no variables in the old language")
    func oldLanguage() throws {
        for version in ["2008-10-17", nil] {
            let statement = PolicySample.statement(resource: #""Resource":"arn:aws:s3:::bucket/${aws:username}""#)
            let policy = try PolicySample.policy(statement, version: version)
            #expect(policy.evaluate(try PolicySample.request(key: "alice", by: PolicySample.alice)).word == "none")
            #expect(policy.evaluate(try PolicySample.request(key: "${aws:username}")).word == "allow")
        }
    }

    @Test("never lets the value of a variable be a wildcard")
    func literalValues() throws {
        let statement = PolicySample.statement(resource: #""Resource":"arn:aws:s3:::bucket/${aws:username}/*""#)
        let policy = try PolicySample.policy(statement)
        let star = PolicySample.user("*")
        #expect(policy.evaluate(try PolicySample.request(key: "alice/x", by: star)).word == "none")
        #expect(policy.evaluate(try PolicySample.request(key: "*/x", by: star)).word == "allow")
    }

    @Test(
        "does not widen what it allows when a variable has no value",
        arguments: [
            ("Allow", #""Resource":"arn:aws:s3:::bucket/${aws:username}""#, "", "none"),
            ("Allow", #""NotResource":"arn:aws:s3:::bucket/${aws:username}""#, "", "none"),
            ("Deny", #""NotResource":"arn:aws:s3:::bucket/${aws:username}""#, "", "deny"),
            (
                "Allow", #""Resource":"arn:aws:s3:::bucket/*""#,
                #""Condition":{"StringNotEquals":{"s3:VersionId":"${aws:username}"}}"#, "none"
            ),
            (
                "Deny", #""Resource":"arn:aws:s3:::bucket/*""#,
                #""Condition":{"StringNotEquals":{"s3:VersionId":"${aws:username}"}}"#, "deny"
            ),
        ]
    )
    func unknownVariable(_ effect: String, _ resource: String, _ condition: String, _ decision: String) throws {
        let statement = PolicySample.statement(effect: effect, resource: resource, more: condition)
        let request = try PolicySample.request(context: ["s3:versionid": ["v"]])
        #expect(try PolicySample.policy(statement).evaluate(request).word == decision)
    }

    @Test("denies whatever another statement allows, in any order")
    func denyWins() throws {
        let allow = PolicySample.statement(action: #""Action":"s3:*""#)
        let deny = PolicySample.statement(effect: "Deny", resource: #""Resource":"arn:aws:s3:::bucket/secret/*""#)
        for policy in [try PolicySample.policy(allow, deny), try PolicySample.policy(deny, allow)] {
            #expect(policy.evaluate(try PolicySample.request(key: "secret/x")).word == "deny")
            #expect(policy.evaluate(try PolicySample.request(key: "x")).word == "allow")
            #expect(policy.evaluate(try PolicySample.request("s3:PutObject", key: "secret/x")).word == "allow")
        }
    }

    @Test("says which statement decided")
    func explains() throws {
        let policy = try PolicySample.policy(
            PolicySample.statement(more: #""Sid":"Read\n\u00e9","Condition":{"Bool":{"aws:SecureTransport":true}}"#),
            PolicySample.statement(
                effect: "Deny",
                action: #""Action":"s3:PutObject""#,
                more: #""Sid":"""#
            ),
            PolicySample.statement(
                principal: #""Principal":{"AWS":"123456789012"}"#,
                action: #""Action":"s3:GetObjectAcl""#
            )
        )
        let secure = ["aws:securetransport": ["true"]]
        #expect(
            policy.evaluate(try PolicySample.request(context: secure))
                == .allow(#"statement 1 "Read???" allows s3:GetObject"#)
        )
        #expect(policy.evaluate(try PolicySample.request("s3:PutObject")) == .deny("statement 2 denies s3:PutObject"))
        #expect(
            policy.evaluate(try PolicySample.request())
                == .none(
                    #"no statement allows s3:GetObject; the nearest, statement 1 "Read???", "#
                        + "has a condition that does not hold: Bool on aws:SecureTransport"
                )
        )
        #expect(
            policy.evaluate(try PolicySample.request(key: nil))
                == .none(
                    #"no statement allows s3:GetObject; the nearest, statement 1 "Read???", names other resources"#
                )
        )
        #expect(
            policy.evaluate(try PolicySample.request("s3:DeleteObject"))
                == .none(
                    #"no statement allows s3:DeleteObject; the nearest, statement 1 "Read???", names other actions"#
                )
        )
        let others = try PolicySample.policy(
            PolicySample.statement(principal: #""Principal":{"AWS":"123456789012"}"#)
        )
        #expect(
            others.evaluate(try PolicySample.request())
                == .none("no statement allows s3:GetObject; the nearest, statement 1, is for other principals")
        )
        let deny = try PolicySample.policy(PolicySample.statement(effect: "Deny", action: #""Action":"s3:PutObject""#))
        #expect(deny.evaluate(try PolicySample.request()) == .none("no statement allows anything"))
    }

    @Test(
        "of a user is about the service too",
        arguments: [
            ("*", "s3:ListAllMyBuckets", nil, "allow"), ("arn:aws:s3:::*", "s3:ListAllMyBuckets", nil, "allow"),
            ("arn:aws:s3:::bucket", "s3:ListAllMyBuckets", nil, "none"),
            ("arn:aws:s3:::b*", "s3:ListBucket", "bucket", "allow"),
            ("arn:aws:s3:::${aws:username}", "s3:ListBucket", "alice", "allow"),
            ("arn:aws:s3:::${aws:username}", "s3:ListBucket", "bucket", "none"),
            ("arn:aws:ec2:*", "s3:ListBucket", "bucket", "none"),
            ("arn:aws:s3:*:*:bucket", "s3:ListBucket", "bucket", "allow"),
        ] as [(String, String, String?, String)]
    )
    func user(_ resource: String, _ action: String, _ bucket: String?, _ decision: String) throws {
        let text = #"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:List*","ec2:*"],"Resource":"\#(resource)"}]}
            """#
        let policy = try Policy(userPolicy: Array(text.utf8))
        let request = PolicyRequest(
            principal: PolicySample.alice,
            action: action,
            bucket: try bucket.map { try BucketName($0) }
        )
        #expect(policy.evaluate(request).word == decision)
        #expect(!policy.isPublic)
    }

    @Test("for public reading gives everybody every object, and no more")
    func publicRead() throws {
        let bucket = try BucketName("bucket")
        let policy = try Policy(bucketPolicy: Array(Policy.publicRead(bucket: bucket).utf8), bucket: bucket)
        #expect(policy.evaluate(try PolicySample.request(key: "a/b")).word == "allow")
        #expect(policy.evaluate(try PolicySample.request("s3:ListBucket", key: nil)).word == "none")
        #expect(policy.evaluate(try PolicySample.request("s3:PutObject")).word == "none")
        #expect(policy.isPublic)
    }
}
