import S3Protocol
import Testing

@Suite("Form policy signatures")
struct PolicySignatureTests {
    private static let version4Policy =
        "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tl"
        + "dCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAg"
        + "ICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhh"
        + "bXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwg"
        + "IiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAg"
        + "ICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXot"
        + "bWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkv"
        + "dXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwN"
        + "CiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9"
    private static let version2Policy =
        "eyAiZXhwaXJhdGlvbiI6ICIyMDA3LTEyLTAxVDEyOjAwOjAwLjAwMFoiLAogICJjb25kaXRpb25zIjogWwogICAgeyJidWNrZXQi"
        + "OiAiam9obnNtaXRoIn0sCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci9lcmljLyJdLAogICAgeyJhY2wiOiAicHVi"
        + "bGljLXJlYWQifSwKICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL2pvaG5zbWl0aC5zMy5hbWF6b25hd3Mu"
        + "Y29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwKICAgIFsic3RhcnRzLXdpdGgiLCAiJENvbnRlbnQtVHlwZSIsICJpbWFnZS8i"
        + "XSwKICAgIHsieC1hbXotbWV0YS11dWlkIjogIjE0MzY1MTIzNjUxMjc0In0sCiAgICBbInN0YXJ0cy13aXRoIiwgIiR4LWFtei1t"
        + "ZXRhLXRhZyIsICIiXQogIF0KfQo="
    private static let version4Signature = "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"
    private static let version2Signature = "gp42sMsv4L5xLO0OjT+56V64o+A="

    private func version4(signature: String = version4Signature) throws -> PolicySignature {
        let text = "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"
        let credential = try Credential(parsing: text)
        return PolicySignature(version: .v4(credential), policyBase64: Self.version4Policy, signature: signature)
    }

    @Test("The published V4 policy is signed and verified")
    func version4Example() throws {
        let date = Timestamp(basicISO8601: "20151229T000000Z")!
        let signature = SigV4Fixture.signer.sign(policyBase64: Self.version4Policy, at: date)
        #expect(signature == Self.version4Signature)
        let cache = SigningKeyCache()
        try version4().verify(secret: SigV4Fixture.secret, cache: cache)
        try version4().verify(secret: SigV4Fixture.secret, cache: cache)
        #expect(cache.count == 1)
    }

    @Test("The published V2 policy is signed and verified")
    func version2Example() throws {
        let older = SigningSecret("uV3F3YluFJax1cknvbcGwgjvx4QpvB+leU8dUj2o")
        let text = Self.version2Policy.utf8
        #expect(SigV2Signature(secret: older, text: text).base64 == "0RavWzkygo6QX9caELEqKi9kDbU=")
        let form = PolicySignature(
            version: .v2(accessKeyID: "A"),
            policyBase64: Self.version2Policy,
            signature: Self.version2Signature
        )
        try form.validate(policy: VerificationPolicy())
        try form.verify(secret: SigV4Fixture.secret)
        #expect(form.accessKeyID == "A")
        let error = SigV4Fixture.error {
            try form.validate(policy: VerificationPolicy(allowsVersion2Form: false))
        }
        #expect(error?.message.hasSuffix("Please use AWS4-HMAC-SHA256.") == true)
    }

    @Test("A mismatch tells the policy as string to sign and no canonical request")
    func mismatch() throws {
        let form = try version4(signature: "8afdbf40")
        let error = SigV4Fixture.error { try form.verify(secret: SigV4Fixture.secret) }
        #expect(error?.code == "SignatureDoesNotMatch")
        #expect(error?.detail("StringToSign") == Self.version4Policy)
        #expect(error?.detail("CanonicalRequest") == nil)
    }
}
