import Testing

@testable import S3Protocol

@Suite("A policy that is put")
struct PolicyReadingTests {
    private static let invalidJSON = "Policies must be valid JSON and the first byte must be '{'"

    @Test(
        "is refused when it is no JSON object",
        arguments: [
            "", "x", "[]", "\"{}\"", " {}", "\u{FEFF}{}", "{", "{}x", "{\"Statement\":[]", "{'Statement':[]}",
            "{\"Statement\":[[[[[[]]]]]]}", "{\"a\":\(String(repeating: "[", count: 5000))",
        ]
    )
    func noJSON(_ text: String) {
        refuses(text, Self.invalidJSON)
    }

    @Test(
        "is refused for a document that is wrong",
        arguments: [
            ("{}", "Missing required field Statement"), (#"{"Statement":[]}"#, "Missing required field Statement"),
            (#"{"statement":[]}"#, "Unknown field statement"),
            (#"{"Statement":[],"Statement":[]}"#, "Invalid policy syntax."),
            (#"{"Statement":{},"Id":1}"#, "Invalid policy syntax."),
            (#"{"Statement":"x"}"#, "Invalid policy syntax."), (#"{"Statement":[1]}"#, "Invalid policy syntax."),
            (#"{"Version":"2012-10-18","Statement":{}}"#, "The policy must contain a valid version string"),
            (#"{"Version":2012,"Statement":{}}"#, "Invalid policy syntax."),
            (#"{"Statement":{}}"#, "Missing required field Effect"),
            (#"{"Statement":{"Effect":"allow"}}"#, "Invalid effect: allow"),
            (#"{"Statement":{"Effect":["Allow"]}}"#, "Invalid policy syntax."),
            (#"{"Statement":{"Effect":"Allow","Foo":1}}"#, "Unknown field Foo"),
            (#"{"Statement":{"Effect":"Allow","Effect":"Deny"}}"#, "Invalid policy syntax."),
            (#"{"Statement":{"Effect":"Allow"}}"#, "Missing required field Principal"),
            (#"{"Statement":{"Effect":"Allow","Principal":"*"}}"#, "Missing required field Action"),
            (
                #"{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*"}}"#,
                "Missing required field Resource"
            ),
        ]
    )
    func document(_ text: String, _ message: String) {
        refuses(text, message)
    }

    @Test("may have 20 KiB, and not a byte more")
    func length() throws {
        let text = Policy.publicRead(bucket: try BucketName("bucket"))
        let full = text + String(repeating: " ", count: 20_480 - text.utf8.count)
        _ = try Policy(bucketPolicy: Array(full.utf8), bucket: BucketName("bucket"))
        refuses(full + " ", "Policy exceeds the maximum allowed document size.")
    }

    @Test(
        "is refused for a principal that is none",
        arguments: [
            #""alice""#, "1", "{}", "[]", #"["*"]"#, #"{"AWS":[]}"#, #"{"AWS":1}"#, #"{"AWS":["*",1]}"#,
            #"{"AWS":"12345678901"}"#, #"{"AWS":"1234567890123"}"#, #"{"AWS":"12345678901x"}"#, #"{"AWS":""}"#,
            #"{"AWS":"arn:aws:iam::123456789012:user/"}"#, #"{"AWS":"arn:aws:iam::123456789012:user/a*"}"#,
            #"{"AWS":"arn:aws:iam::*:root"}"#, #"{"AWS":"arn:aws:iam::123456789012:role/r"}"#,
            #"{"AWS":"arn:aws:iam::123456789012:rooted"}"#, #"{"AWS":"arn:aws:iam::123456789012"}"#,
            #"{"AWS":"arn:aws:s3::123456789012:root"}"#, #"{"AWS":"arn:aws:sts::123456789012:root"}"#,
            #"{"CanonicalUser":"*"}"#, #"{"CanonicalUser":"abc"}"#, #"{"Federated":"example.org"}"#,
            #"{"Service":"*"}"#, #"{"Service":"example.org"}"#,
        ]
    )
    func principal(_ principal: String) {
        let text = "{\"Statement\":\(PolicySample.statement(principal: "\"Principal\":\(principal)"))}"
        refuses(text, "Invalid principal in policy")
    }

    @Test("names the principal that is none")
    func principalDetail() {
        let text = PolicySample.statement(principal: #""Principal":{"AWS":["*","mallory"]}"#)
        let error = #expect(throws: S3Error.self) { try PolicySample.policy(text) }
        #expect(error?.details == [.init("Detail", "mallory")])
    }

    @Test(
        "is refused for elements that exclude each other",
        arguments: [
            (#""Principal":"*","NotPrincipal":"*""#, "Invalid policy syntax."),
            (#""NotPrincipal":{"AWS":"123456789012"}"#, "Allow with NotPrincipal is not allowed."),
            (#""Principal":{"AWS":"*","AWS":"*"}"#, "Invalid policy syntax."),
            (#""Principal":{"aws":"*"}"#, "Unknown field aws"),
            (#""Principal":"*","Action":"s3:*""#, "Invalid policy syntax."),
            (#""Principal":"*","NotAction":"s3:PutObject""#, "Invalid policy syntax."),
            (#""Principal":"*","NotResource":"arn:aws:s3:::bucket""#, "Invalid policy syntax."),
        ]
    )
    func exclusive(_ elements: String, _ message: String) {
        refuses("{\"Statement\":\(PolicySample.statement(principal: elements))}", message)
    }

    @Test(
        "is refused for an action that is none",
        arguments: [
            #""s3:GetObjekt""#, #""GetObject""#, #""s3:""#, #""s3""#, #""""#, "1", "[]", #"["s3:GetObject",1]"#,
            #""ec2:*""#, #""s*:GetObject""#, #""*:*""#, #""s3:Get*x""#, #""s3:GetObject?""#, #""${aws:username}""#,
            "{}", #""s3 :GetObject""#, #""s3:ＧetObject""#,
        ]
    )
    func action(_ action: String) {
        refuses(
            "{\"Statement\":\(PolicySample.statement(action: "\"Action\":\(action)"))}",
            "Policy has invalid action"
        )
    }

    @Test(
        "is refused for a resource that is not of the bucket",
        arguments: [
            #""*""#, #""bucket/*""#, #""arn:aws:s3:::other/*""#, #""arn:aws:s3:::bucket2/*""#, #""arn:aws:s3:::*""#,
            #""arn:aws:s3:::buck*""#, #""arn:aws:s3:eu:1:bucket/*""#, #""arn:aws:sqs:::bucket""#, "1", "[]", "{}",
            #"["arn:aws:s3:::bucket/*","arn:aws:s3:::other"]"#, #""arn:aws:s3:::bucket/${aws:username""#,
            #""arn:aws:s3:::bucket/${user}""#, #""arn:aws:s3:::bucket/${}""#, #""arn:aws:s3:::${aws:username}/*""#,
        ]
    )
    func resource(_ resource: String) {
        let statement = PolicySample.statement(resource: "\"Resource\":\(resource)")
        refuses("{\"Version\":\"2012-10-17\",\"Statement\":\(statement)}", "Policy has invalid resource")
    }

    @Test(
        "holds actions against the kinds of resources",
        arguments: [
            (#""s3:GetObject""#, #""arn:aws:s3:::bucket""#, false),
            (#""s3:ListBucket""#, #""arn:aws:s3:::bucket""#, true),
            (#""s3:ListBucket""#, #""arn:aws:s3:::bucket/*""#, false), (#""s3:*""#, #""arn:aws:s3:::bucket""#, true),
            (#"["s3:GetObject","s3:ListBucket"]"#, #""arn:aws:s3:::bucket/*""#, false),
            (#"["s3:GetObject","s3:ListBucket"]"#, #"["arn:aws:s3:::bucket","arn:aws:s3:::bucket/a"]"#, true),
            (#"["s3:GetObject","s3:ListBucket"]"#, #""arn:aws:s3:::bucket*""#, true),
            (#""s3:ListAllMyBuckets""#, #""arn:aws:s3:::bucket""#, false), (#""*""#, #""arn:aws:s3:::bucket/""#, true),
        ]
    )
    func fit(_ actions: String, _ resources: String, _ fits: Bool) throws {
        let statement = PolicySample.statement(action: "\"Action\":\(actions)", resource: "\"Resource\":\(resources)")
        if fits {
            _ = try PolicySample.policy(statement)
        } else {
            refuses("{\"Statement\":\(statement)}", "Action does not apply to any resource(s) in statement")
        }
    }

    @Test(
        "is refused for a condition that is none",
        arguments: [
            ("[]", "Invalid policy syntax."), (#"{"StringEqual":{}}"#, "Invalid Condition type : StringEqual"),
            (#"{"stringequals":{}}"#, "Invalid Condition type : stringequals"),
            (#"{"NullIfExists":{}}"#, "Invalid Condition type : NullIfExists"),
            (#"{"ForAnyValue:Null":{}}"#, "Invalid Condition type : ForAnyValue:Null"),
            (#"{"ForSomeValue:StringLike":{}}"#, "Invalid Condition type : ForSomeValue:StringLike"),
            (#"{"":{}}"#, "Invalid Condition type : "), (#"{"StringEquals":{}}"#, "Invalid policy syntax."),
            (#"{"StringEquals":[]}"#, "Invalid policy syntax."),
            (#"{"StringEquals":{"aws:Referer":[]}}"#, "Invalid policy syntax."),
            (#"{"StringEquals":{"aws:Referer":null}}"#, "Invalid policy syntax."),
            (#"{"StringEquals":{"aws:Referer":{}}}"#, "Invalid policy syntax."),
            (#"{"StringEquals":{"aws:Referer":"${aws:"}}"#, "Invalid policy syntax."),
            (#"{"StringEquals":{"aws:Referer":"a","AWS:referer":"b"}}"#, "Invalid policy syntax."),
            (#"{"Bool":{"aws:SecureTransport":"1"}}"#, "Invalid policy syntax."),
            (#"{"Null":{"aws:Referer":"maybe"}}"#, "Invalid policy syntax."),
            (#"{"NumericEquals":{"s3:max-keys":"ten"}}"#, "Invalid policy syntax."),
            (#"{"NumericEquals":{"s3:max-keys":"0x10"}}"#, "Invalid policy syntax."),
            (#"{"NumericEquals":{"s3:max-keys":"1e999"}}"#, "Invalid policy syntax."),
            (#"{"DateLessThan":{"aws:CurrentTime":"soon"}}"#, "Invalid policy syntax."),
            (#"{"IpAddress":{"aws:SourceIp":"192.0.2.0/33"}}"#, "Invalid policy syntax."),
            (#"{"ArnLike":{"aws:SourceArn":"arn:aws:s3"}}"#, "Invalid policy syntax."),
            (#"{"BinaryEquals":{"aws:Referer":"?"}}"#, "Invalid policy syntax."),
            (#"{"StringEquals":{"s3:prefixx":"a"}}"#, "Policy has an invalid condition key"),
            (#"{"StringEquals":{"referer":"a"}}"#, "Policy has an invalid condition key"),
            (#"{"StringEquals":{"jwt:sub":"a"}}"#, "Policy has an invalid condition key"),
            (#"{"StringEquals":{"s3:ExistingObjectTag/":"a"}}"#, "Policy has an invalid condition key"),
        ]
    )
    func condition(_ condition: String, _ message: String) {
        let statement = PolicySample.statement(more: "\"Condition\":\(condition)")
        refuses("{\"Version\":\"2012-10-17\",\"Statement\":\(statement)}", message)
    }

    @Test("is refused when an operator stands twice")
    func repeatedOperator() {
        let one = #""StringEquals":{"aws:Referer":"a"}"#
        refuses(
            "{\"Statement\":\(PolicySample.statement(more: "\"Condition\":{\(one),\(one)}"))}",
            "Invalid policy syntax."
        )
    }

    @Test("gives reasons that fit into a header")
    func reasons() throws {
        let action = "s3:\\n" + String(repeating: "ä", count: 200)
        let error = #expect(throws: S3Error.self) {
            try PolicySample.policy(PolicySample.statement(action: "\"Action\":\"\(action)\""))
        }
        let reason = try #require(error?.reason)
        #expect(reason.utf8.count < 200)
        #expect(reason.utf8.allSatisfy { (0x20...0x7E).contains($0) })
    }

    @Test("says in its conditions which keys it looks at")
    func keys() throws {
        let policy = try PolicySample.policy(
            PolicySample.statement(
                resource: #""Resource":"arn:aws:s3:::bucket/${aws:PrincipalAccount}""#,
                more: #""Condition":{"StringLike":{"s3:ExistingObjectTag/Team Name":"${aws:username}"}}"#
            )
        )
        #expect(policy.conditionKeys == ["aws:principalaccount", "s3:existingobjecttag/team name", "aws:username"])
    }

    @Test(
        "of a user names no principal, any resource, and the actions of other services",
        arguments: [
            (#""Action":"s3:*","Resource":"*""#, nil), (#""Action":"s3:GetObject","Resource":"arn:aws:s3:::*""#, nil),
            (#""Action":["s3:ListAllMyBuckets","ec2:*"],"Resource":"arn:aws:s3:::*""#, nil),
            (#""NotAction":"iam:*","Resource":"*""#, nil),
            (#""Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"ec2:Region":"a"}}"#, nil),
            (#""Action":"s3:*","Resource":"*","Principal":"*""#, "Policy document should not specify a principal."),
            (#""Action":"s3:Foo","Resource":"*""#, "Policy has invalid action"),
            (#""Action":"e*:Foo","Resource":"*""#, "Policy has invalid action"),
            (#""Action":":Foo","Resource":"*""#, "Policy has invalid action"),
            (#""Action":"s3:*","Resource":"bucket/*""#, "Policy has invalid resource"),
        ] as [(String, String?)]
    )
    func user(_ elements: String, _ message: String?) throws {
        let text = Array("{\"Statement\":{\"Effect\":\"Allow\",\(elements)}}".utf8)
        guard let message else {
            _ = try Policy(userPolicy: text)
            return
        }
        let error = #expect(throws: S3Error.self) { try Policy(userPolicy: text) }
        #expect(error?.message == message)
    }

    private func refuses(_ text: String, _ message: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: S3Error.self, sourceLocation: sourceLocation) {
            try Policy(bucketPolicy: Array(text.utf8), bucket: BucketName("bucket"))
        }
        #expect(error?.code == "MalformedPolicy", sourceLocation: sourceLocation)
        #expect(error?.status == 400, sourceLocation: sourceLocation)
        #expect(error?.message == message, sourceLocation: sourceLocation)
    }
}
