import S3Protocol
import Testing

@Suite("Detection of the mechanism")
struct AuthenticationSchemeTests {
    private static let scope = "/20130524/us-east-1/s3/aws4_request"
    private static let rest = ", SignedHeaders=host;x-amz-date, Signature=abc"

    private func detect(_ target: String = "/", authorization: String?...) throws -> AuthenticationScheme {
        let fields = authorization.compactMap(\.self).map { ("Authorization", $0) }
        return try AuthenticationScheme.detect(SigV4Fixture.head("GET", target, [("Host", "h")] + fields))
    }

    private func error(_ target: String = "/", _ authorization: String?) -> S3Error? {
        SigV4Fixture.error { _ = try detect(target, authorization: authorization) }
    }

    @Test("A request without proof is anonymous")
    func anonymous() throws {
        guard case .anonymous = try detect("/?prefix=a&Expires=1&x-amz-signature=1") else {
            Issue.record("not anonymous")
            return
        }
    }

    @Test(
        "The header form is read in every spelling",
        arguments: [
            "AWS4-HMAC-SHA256 Credential=AKID\(scope), SignedHeaders=host;x-amz-date, Signature=abc",
            "AWS4-HMAC-SHA256 Credential=AKID\(scope),SignedHeaders=host;x-amz-date,Signature=abc",
            "AWS4-HMAC-SHA256  Signature=abc,  Credential=AKID\(scope), SignedHeaders=host;x-amz-date",
        ]
    )
    func headerForm(text: String) throws {
        guard case .v4Header(let request) = try detect(authorization: text) else {
            Issue.record("not SigV4")
            return
        }
        #expect(request.credential.accessKeyID == "AKID")
        #expect(request.credential.scope == SigV4Fixture.scope)
        #expect(request.signedHeaders.names == ["host", "x-amz-date"])
        #expect(request.signature == "abc")
    }

    @Test("An access key may contain slashes")
    func slashInAccessKey() throws {
        let scheme = try detect(authorization: "AWS4-HMAC-SHA256 Credential=team/a/b\(Self.scope)\(Self.rest)")
        #expect(scheme.accessKeyID == "team/a/b")
    }

    @Test(
        "A malformed header is refused in S3's words",
        arguments: [
            (
                "Credential=A, Signature=b",
                "the authorization header requires three components: Credential, SignedHeaders, and Signature."
            ),
            (
                "Credential=A/b, SignedHeaders, Signature=b",
                #"the authorization component "SignedHeaders" is malformed."#
            ),
            ("X=A, SignedHeaders=a, Signature=b", "missing Credential."),
            ("Credential=A, X=a, Signature=b", "missing SignedHeaders."),
            ("Credential=A, SignedHeaders=a, X=b", "missing Signature."),
            (
                "Credential=A/20130524/us-east-1/s3\(rest)",
                #"the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request"."#
            ),
            (
                "Credential=A/20130524/us-east-1/s3/aws3\(rest)",
                #"incorrect terminal "aws3". This endpoint uses "aws4_request"."#
            ),
            (
                "Credential=A/20130524/us-east-1/ec2/aws4_request\(rest)",
                #"incorrect service "ec2". This endpoint belongs to "s3"."#
            ),
            (
                "Credential=A/2013-05-24/us-east-1/s3/aws4_request\(rest)",
                #"incorrect date format "2013-05-24". This date in the credential must be in the format "yyyyMMdd"."#
            ),
        ]
    )
    func malformed(text: String, fault: String) {
        let error = error("/", "AWS4-HMAC-SHA256 " + text)
        #expect(error?.code == "AuthorizationHeaderMalformed")
        #expect(error?.status == 400)
        #expect(error?.message == "The authorization header is malformed; \(fault)")
    }

    @Test(
        "Another scheme is not supported",
        arguments: ["Basic dXNlcg==", "Bearer t", "AWS4-ECDSA-P256-SHA256 Credential=a", "aws4-hmac-sha256 a"]
    )
    func otherScheme(text: String) {
        #expect(error("/", text)?.message == "Unsupported Authorization Type")
        #expect(error("/", text)?.details.map(\.value) == ["Authorization", text])
    }

    @Test("A header without a blank is refused", arguments: ["", "Bearer", "AWS", "AWS4-HMAC-SHA256"])
    func noBlank(text: String) {
        let message = "Authorization header is invalid -- one and only one ' ' (space) required."
        #expect(error("/", text)?.message == message)
    }

    @Test("Two mechanisms are refused", arguments: ["/?Signature=a", "/?X-Amz-Algorithm=a"])
    func twoMechanisms(target: String) {
        #expect(error(target, "AWS a:b")?.message.hasPrefix("Only one auth mechanism allowed") == true)
        #expect(SigV4Fixture.error { _ = try detect(authorization: "AWS a:b", "AWS a:b") }?.code == "InvalidArgument")
    }

    @Test("A foreign Authorization beside a signed query is ignored")
    func redirectedClient() throws {
        let scheme = try detect("/?AWSAccessKeyId=A&Expires=1&Signature=s", authorization: "Bearer token")
        guard case .v2Query = scheme else {
            Issue.record("not a presigned URL")
            return
        }
    }

    @Test("Version 2 is read from the header and the query")
    func version2() throws {
        guard case .v2Header(let header) = try detect(authorization: "AWS team:a:c2ln"),
            case .v2Query(let query) = try detect("/?AWSAccessKeyId=A&Expires=1&Signature=a%2Bb")
        else {
            Issue.record("not version 2")
            return
        }
        #expect(header.accessKeyID == "team:a")
        #expect(header.signature == "c2ln")
        #expect(query.signature == "a+b")
        #expect(error("/", "AWS abc")?.code == "InvalidArgument")
    }

    @Test(
        "A presigned URL of version 2 needs its three parameters",
        arguments: ["/?AWSAccessKeyId=A&Expires=1", "/?Signature=A&Expires=1", "/?AWSAccessKeyId=A&Signature=1"]
    )
    func incompleteVersion2(target: String) {
        let message = "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters"
        #expect(error(target, nil)?.message == message)
        #expect(error(target, nil)?.status == 403)
    }
}
