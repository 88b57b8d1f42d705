import Testing

@testable import S3Protocol

@Suite("A condition")
struct PolicyConditionTests {
    @Test(
        "compares texts",
        arguments: [
            (#""StringEquals":{"aws:Referer":"a"}"#, ["a"], true),
            (#""StringEquals":{"AWS:REFERER":"a"}"#, ["a"], true),
            (#""StringEquals":{"aws:Referer":"a"}"#, ["A"], false),
            (#""StringEquals":{"aws:Referer":"a*"}"#, ["ab"], false),
            (#""StringEquals":{"aws:Referer":"a*"}"#, ["a*"], true),
            (#""StringEquals":{"aws:Referer":["a","b"]}"#, ["b"], true),
            (#""StringEquals":{"aws:Referer":"a"}"#, nil, false),
            (#""StringEquals":{"aws:Referer":""}"#, [""], true),
            (#""StringEquals":{"aws:Referer":"\u00e9"}"#, ["e\u{301}"], false),
            (#""StringEquals":{"aws:Referer":1}"#, ["1"], true),
            (#""StringEquals":{"aws:Referer":true}"#, ["true"], true),
            (#""StringEquals":{"aws:Referer":"x-${aws:username}"}"#, ["x-alice"], true),
            (#""StringEquals":{"aws:Referer":"${*}"}"#, ["*"], true),
            (#""StringNotEquals":{"aws:Referer":"a"}"#, ["a"], false),
            (#""StringNotEquals":{"aws:Referer":"a"}"#, ["b"], true),
            (#""StringNotEquals":{"aws:Referer":["a","b"]}"#, ["b"], false),
            (#""StringNotEquals":{"aws:Referer":"a"}"#, nil, true),
            (#""StringEqualsIgnoreCase":{"aws:Referer":"aB"}"#, ["Ab"], true),
            (#""StringEqualsIgnoreCase":{"aws:Referer":"${aws:userid}"}"#, ["aidaAlice"], true),
            (#""StringNotEqualsIgnoreCase":{"aws:Referer":"aB"}"#, ["Ab"], false),
            (#""StringLike":{"aws:Referer":"http://*.example.org/?*"}"#, ["http://a.example.org/x"], true),
            (#""StringLike":{"aws:Referer":"http://*.example.org/?*"}"#, ["http://a.example.org/"], false),
            (#""StringLike":{"aws:Referer":"${aws:username}*"}"#, ["alice!"], true),
            (#""StringLike":{"aws:Referer":"*"}"#, nil, false),
            (#""StringNotLike":{"aws:Referer":"a*"}"#, ["ab"], false),
            (#""StringNotLike":{"aws:Referer":"a*"}"#, ["b"], true),
            (#""StringNotLike":{"aws:Referer":"a*"}"#, nil, true),
            (#""BinaryEquals":{"aws:Referer":"YQ=="}"#, ["YQ=="], true),
            (#""BinaryEquals":{"aws:Referer":"YQ=="}"#, ["YQ"], true),
            (#""BinaryEquals":{"aws:Referer":"YQ=="}"#, ["a"], false),
        ] as [(String, [String]?, Bool)]
    )
    func texts(_ condition: String, _ values: [String]?, _ holds: Bool) throws {
        try check(condition, ["aws:referer": values], holds)
    }

    @Test(
        "compares numbers, dates and truths",
        arguments: [
            (#""NumericEquals":{"s3:max-keys":"10"}"#, "10.0", true),
            (#""NumericEquals":{"s3:max-keys":10}"#, "10", true),
            (#""NumericEquals":{"s3:max-keys":10}"#, "11", false),
            (#""NumericEquals":{"s3:max-keys":10}"#, "ten", false),
            (#""NumericEquals":{"s3:max-keys":10}"#, nil, false),
            (#""NumericNotEquals":{"s3:max-keys":10}"#, "10", false),
            (#""NumericNotEquals":{"s3:max-keys":10}"#, nil, true),
            (#""NumericLessThan":{"s3:max-keys":10}"#, "9", true),
            (#""NumericLessThan":{"s3:max-keys":10}"#, "10", false),
            (#""NumericLessThanEquals":{"s3:max-keys":10}"#, "10", true),
            (#""NumericGreaterThan":{"s3:max-keys":-1}"#, "0", true),
            (#""NumericGreaterThan":{"s3:max-keys":10}"#, "10", false),
            (#""NumericGreaterThanEquals":{"s3:max-keys":10}"#, "10", true),
            (#""DateLessThan":{"s3:max-keys":"2026-01-01T00:00:00Z"}"#, "2025-12-31T23:59:59Z", true),
            (#""DateLessThan":{"s3:max-keys":"2026-01-01"}"#, "2026-01-01T00:00:00Z", false),
            (#""DateLessThanEquals":{"s3:max-keys":"2026-01-01"}"#, "2026-01-01T00:00:00Z", true),
            (#""DateGreaterThan":{"s3:max-keys":"2026-01-01T00:00:00+01:00"}"#, "2026-01-01T00:00:00Z", true),
            (#""DateGreaterThanEquals":{"s3:max-keys":"1767225600"}"#, "2026-01-01T00:00:00Z", true),
            (#""DateEquals":{"s3:max-keys":"2026-01-01"}"#, "1767225600", true),
            (#""DateNotEquals":{"s3:max-keys":"2026-01-01"}"#, "1767225601", true),
            (#""DateEquals":{"s3:max-keys":"2026-01-01"}"#, "today", false),
            (#""Bool":{"s3:max-keys":"true"}"#, "true", true), (#""Bool":{"s3:max-keys":"TRUE"}"#, "true", true),
            (#""Bool":{"s3:max-keys":false}"#, "true", false), (#""Bool":{"s3:max-keys":"false"}"#, nil, false),
            (#""Bool":{"s3:max-keys":"false"}"#, "no", false), (#""Null":{"s3:max-keys":"true"}"#, nil, true),
            (#""Null":{"s3:max-keys":"true"}"#, "", false), (#""Null":{"s3:max-keys":"false"}"#, "1", true),
            (#""Null":{"s3:max-keys":false}"#, nil, false),
        ] as [(String, String?, Bool)]
    )
    func numbers(_ condition: String, _ value: String?, _ holds: Bool) throws {
        try check(condition, ["s3:max-keys": value.map { [$0] }], holds)
    }

    @Test(
        "compares addresses",
        arguments: [
            (#""IpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#, "203.0.113.255", true),
            (#""IpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#, "203.0.114.0", false),
            (#""IpAddress":{"aws:SourceIp":"203.0.113.77/24"}"#, "203.0.113.1", true),
            (#""IpAddress":{"aws:SourceIp":"203.0.113.7"}"#, "203.0.113.7", true),
            (#""IpAddress":{"aws:SourceIp":"203.0.113.7"}"#, "203.0.113.8", false),
            (#""IpAddress":{"aws:SourceIp":"203.0.113.7"}"#, "::ffff:203.0.113.7", true),
            (#""IpAddress":{"aws:SourceIp":"0.0.0.0/0"}"#, "2001:db8::1", false),
            (#""IpAddress":{"aws:SourceIp":"0.0.0.0/0"}"#, "1.2.3.4", true),
            (#""IpAddress":{"aws:SourceIp":"::/0"}"#, "1.2.3.4", false),
            (#""IpAddress":{"aws:SourceIp":"::/0"}"#, "fe80::1%eth0", true),
            (#""IpAddress":{"aws:SourceIp":"2001:DB8::/32"}"#, "2001:db8:ffff::1", true),
            (#""IpAddress":{"aws:SourceIp":"2001:db8::/33"}"#, "2001:db8:8000::1", false),
            (#""IpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::1"]}"#, "2001:db8:0:0::1", true),
            (#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, "somewhere", false),
            (#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, nil, false),
            (#""NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, "10.1.2.3", false),
            (#""NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, "11.1.2.3", true),
            (#""NotIpAddress":{"aws:SourceIp":["10.0.0.0/8","11.0.0.0/8"]}"#, "11.1.2.3", false),
            (#""NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, "2001:db8::1", true),
        ] as [(String, String?, Bool)]
    )
    func addresses(_ condition: String, _ value: String?, _ holds: Bool) throws {
        try check(condition, ["aws:sourceip": value.map { [$0] }], holds)
    }

    @Test(
        "compares ARNs part by part",
        arguments: [
            (#""ArnEquals":{"aws:SourceArn":"arn:aws:s3:::a"}"#, "arn:aws:s3:::a", true),
            (#""ArnEquals":{"aws:SourceArn":"arn:aws:s3:::a*"}"#, "arn:aws:s3:::ab", true),
            (#""ArnLike":{"aws:SourceArn":"arn:aws:*:::a"}"#, "arn:aws:s3:::a", true),
            (#""ArnLike":{"aws:SourceArn":"arn:*:a"}"#, "arn:aws:s3:::a", nil),
            (#""ArnLike":{"aws:SourceArn":"arn:aws:sns:*:123456789012:t*"}"#, "arn:aws:sns:eu:123456789012:t:u", true),
            (#""ArnLike":{"aws:SourceArn":"arn:aws:sns:*:t"}"#, "arn:aws:sns:eu:1:t", nil),
            (#""ArnLike":{"aws:SourceArn":"arn:aws:*:::a"}"#, "arn:aws:s3:x::a", false),
            (#""ArnLike":{"aws:SourceArn":"arn:aws:s3:::${aws:username}"}"#, "arn:aws:s3:::alice", true),
            (#""ArnLike":{"aws:SourceArn":"*"}"#, "arn:aws:s3:::a", true),
            (#""ArnLike":{"aws:SourceArn":"*"}"#, "a", false),
            (#""ArnNotLike":{"aws:SourceArn":"arn:aws:s3:::a*"}"#, "arn:aws:s3:::ab", false),
            (#""ArnNotEquals":{"aws:SourceArn":"arn:aws:s3:::a"}"#, "arn:aws:s3:::b", true),
        ] as [(String, String, Bool?)]
    )
    func names(_ condition: String, _ value: String, _ holds: Bool?) throws {
        guard let holds else {
            #expect(throws: S3Error.self) {
                try PolicySample.policy(PolicySample.statement(more: "\"Condition\":{\(condition)}"))
            }
            return
        }
        try check(condition, ["aws:sourcearn": [value]], holds)
    }

    @Test(
        "with IfExists holds for requests without the key",
        arguments: [
            (#""StringEqualsIfExists":{"aws:Referer":"a"}"#, nil, true),
            (#""StringEqualsIfExists":{"aws:Referer":"a"}"#, ["a"], true),
            (#""StringEqualsIfExists":{"aws:Referer":"a"}"#, ["b"], false),
            (#""StringNotEqualsIfExists":{"aws:Referer":"a"}"#, nil, true),
            (#""StringNotEqualsIfExists":{"aws:Referer":"a"}"#, ["a"], false),
            (#""IpAddressIfExists":{"aws:Referer":"10.0.0.0/8"}"#, nil, true),
            (#""NumericLessThanIfExists":{"aws:Referer":"1"}"#, [], true),
            (#""ForAnyValue:StringEqualsIfExists":{"aws:Referer":"a"}"#, nil, true),
            (#""ForAnyValue:StringEqualsIfExists":{"aws:Referer":"a"}"#, ["b"], false),
            (#""ForAllValues:StringEqualsIfExists":{"aws:Referer":"a"}"#, nil, true),
        ] as [(String, [String]?, Bool)]
    )
    func ifExists(_ condition: String, _ values: [String]?, _ holds: Bool) throws {
        try check(condition, ["aws:referer": values], holds)
    }

    @Test(
        "counts several values as it is told",
        arguments: [
            (#""ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":["a","b"]}"#, ["a", "b"], true),
            (#""ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":["a","b"]}"#, ["a", "c"], false),
            (#""ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":["a","b"]}"#, nil, true),
            (#""ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":["a","b"]}"#, [], true),
            (#""ForAllValues:StringNotLike":{"s3:RequestObjectTagKeys":"a*"}"#, ["b", "c"], true),
            (#""ForAllValues:StringNotLike":{"s3:RequestObjectTagKeys":"a*"}"#, ["b", "ab"], false),
            (#""ForAnyValue:StringEquals":{"s3:RequestObjectTagKeys":"a"}"#, ["a", "c"], true),
            (#""ForAnyValue:StringEquals":{"s3:RequestObjectTagKeys":"a"}"#, ["b", "c"], false),
            (#""ForAnyValue:StringEquals":{"s3:RequestObjectTagKeys":"a"}"#, nil, false),
            (#""ForAnyValue:StringNotEquals":{"s3:RequestObjectTagKeys":"a"}"#, ["a", "b"], true),
            (#""ForAnyValue:StringNotEquals":{"s3:RequestObjectTagKeys":"a"}"#, ["a"], false),
            (#""ForAnyValue:StringNotEquals":{"s3:RequestObjectTagKeys":"a"}"#, nil, false),
            (#""StringEquals":{"s3:RequestObjectTagKeys":"a"}"#, ["b", "a"], true),
            (#""StringNotEquals":{"s3:RequestObjectTagKeys":"a"}"#, ["b", "a"], false),
        ] as [(String, [String]?, Bool)]
    )
    func several(_ condition: String, _ values: [String]?, _ holds: Bool) throws {
        try check(condition, ["s3:requestobjecttagkeys": values], holds)
    }

    @Test(
        "holds only with all operators and all keys",
        arguments: [
            (["a"], ["b"], true), (["a"], ["c"], false), (["c"], ["b"], false), (nil, ["b"], false),
        ] as [([String]?, [String]?, Bool)]
    )
    func all(_ referer: [String]?, _ prefix: [String]?, _ holds: Bool) throws {
        let context = ["aws:referer": referer, "s3:prefix": prefix]
        try check(#""StringEquals":{"aws:Referer":"a","s3:prefix":"b"}"#, context, holds)
        try check(#""StringEquals":{"aws:Referer":"a"},"StringLike":{"s3:prefix":"b"}"#, context, holds)
    }

    @Test(
        "sees the caller whatever the request says",
        arguments: [
            ("aws:username", "alice", "alice", true), ("aws:username", "alice", "-", false),
            ("aws:userid", "AIDAALICE", "alice", true), ("aws:userid", "anonymous", "-", true),
            ("aws:PrincipalArn", "arn:aws:iam::123456789012:user/alice", "alice", true),
            ("aws:PrincipalAccount", "123456789012", "stranger", false), ("aws:PrincipalType", "User", "alice", true),
            ("aws:PrincipalType", "Account", "root", true), ("aws:PrincipalType", "Anonymous", "-", true),
            ("aws:username", "forged", "-", false), ("aws:PrincipalArn", "forged", "-", false),
        ]
    )
    func caller(_ key: String, _ value: String, _ caller: String, _ holds: Bool) throws {
        let condition = "\"StringEquals\":{\"\(key)\":\"\(value)\"}"
        let policy = try PolicySample.policy(PolicySample.statement(more: "\"Condition\":{\(condition)}"))
        let request = try PolicySample.request(
            by: PolicySample.caller(caller),
            context: ["aws:username": ["forged"], "aws:principalarn": ["forged"]]
        )
        #expect(policy.evaluate(request).word == (holds ? "allow" : "none"))
    }

    private func check(
        _ condition: String,
        _ context: [String: [String]?],
        _ holds: Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let policy = try PolicySample.policy(PolicySample.statement(more: "\"Condition\":{\(condition)}"))
        let request = try PolicySample.request(by: PolicySample.alice, context: context.compactMapValues { $0 })
        #expect(policy.evaluate(request).word == (holds ? "allow" : "none"), sourceLocation: sourceLocation)
    }
}
