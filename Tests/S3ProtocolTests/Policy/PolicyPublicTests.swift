import Testing

@testable import S3Protocol

@Suite("A policy is public")
struct PolicyPublicTests {
    @Test(
        "when it allows something to everybody",
        arguments: [
            (#""*""#, true), (#"{"AWS":"*"}"#, true), (#"{"AWS":["123456789012","*"]}"#, true),
            (#"{"AWS":"123456789012"}"#, false), (#"{"CanonicalUser":"\#(PolicySample.canonicalID)"}"#, false),
            (#"{"Service":"logging.s3.amazonaws.com"}"#, false),
        ]
    )
    func principal(_ principal: String, _ isPublic: Bool) throws {
        let element = "\"Principal\":\(principal)"
        #expect(try PolicySample.policy(PolicySample.statement(principal: element)).isPublic == isPublic)
        #expect(try !PolicySample.policy(PolicySample.statement(effect: "Deny", principal: element)).isPublic)
    }

    @Test(
        "unless a condition limits it to fixed callers",
        arguments: [
            (#""IpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#, false),
            (#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#, false),
            (#""IpAddress":{"aws:SourceIp":"10.0.0.0/7"}"#, true),
            (#""IpAddress":{"aws:SourceIp":"0.0.0.0/1"}"#, true),
            (#""IpAddress":{"aws:SourceIp":"2001:db8::/32"}"#, false),
            (#""IpAddress":{"aws:SourceIp":"2001:db8::/31"}"#, true),
            (#""IpAddress":{"aws:SourceIp":["203.0.113.0/24","0.0.0.0/0"]}"#, true),
            (#""IpAddressIfExists":{"aws:SourceIp":"203.0.113.0/24"}"#, true),
            (#""NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#, true),
            (#""StringEquals":{"aws:SourceVpc":"vpc-1"}"#, false), (#""StringLike":{"aws:SourceVpc":"vpc-*"}"#, true),
            (#""StringLike":{"aws:SourceVpce":"vpce-1"}"#, false),
            (#""StringNotEquals":{"aws:SourceVpc":"vpc-1"}"#, true),
            (#""ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-1"}"#, true),
            (#""ForAnyValue:StringEquals":{"aws:PrincipalOrgID":"o-1"}"#, false),
            (#""StringEquals":{"aws:PrincipalOrgID":"o-1"}"#, false),
            (#""StringEquals":{"aws:userid":"AIDA1"}"#, false),
            (#""StringLike":{"aws:userid":"AIDA*"}"#, true), (#""StringEquals":{"aws:userid":"anonymous"}"#, true),
            (#""StringEquals":{"aws:userid":"${aws:username}"}"#, true),
            (#""StringEquals":{"aws:SourceAccount":["123456789012","999999999999"]}"#, false),
            (#""ArnEquals":{"aws:SourceArn":"arn:aws:s3:::a"}"#, false),
            (#""ArnLike":{"aws:SourceArn":"arn:aws:s3:::*"}"#, true),
            (#""ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:eu:123456789012:accesspoint/*"}"#, false),
            (#""ArnLike":{"s3:DataAccessPointArn":"arn:aws:s3:eu:*:accesspoint/*"}"#, true),
            (#""StringLike":{"aws:Referer":"http://example.org/*"}"#, true),
            (#""Bool":{"aws:SecureTransport":"true"}"#, true),
            (#""StringEquals":{"aws:Referer":"x"},"IpAddress":{"aws:SourceIp":"203.0.113.7"}"#, false),
            (#""Null":{"aws:SourceVpc":"false"}"#, true),
        ]
    )
    func condition(_ condition: String, _ isPublic: Bool) throws {
        let statement = PolicySample.statement(more: "\"Condition\":{\(condition)}")
        #expect(try PolicySample.policy(statement).isPublic == isPublic)
    }

    @Test("when one of several statements is")
    func several() throws {
        let limited = PolicySample.statement(more: #""Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.7"}}"#)
        #expect(try !PolicySample.policy(limited, limited).isPublic)
        #expect(try PolicySample.policy(limited, PolicySample.statement()).isPublic)
    }
}
