import S3Protocol
import Testing

@testable import Attachments

@Suite struct WebhookSignatureTests {
    // The example of the Standard Webhooks specification.
    private let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    private let body = Array(#"{"test": 2432232314}"#.utf8)
    private let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    @Test func `the specification's example is signed as it says`() throws {
        let headers = WebhookSignature.headers(
            id: id,
            body: body,
            secrets: [try #require(WebhookSecret(secret))],
            at: Timestamp(nanoseconds: 1_614_265_330_999_999_999)
        )
        #expect(headers.map(\.name) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
        #expect(headers.map(\.value) == [id, "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="])
    }

    @Test func `each secret has its signature`() throws {
        let secrets = [secret, "whsec_" + String(repeating: "QUFB", count: 8)].compactMap(WebhookSecret.init)
        let headers = WebhookSignature.headers(id: id, body: body, secrets: secrets, at: Timestamp(seconds: 1))
        let signatures = headers[2].value.split(separator: " ")
        #expect(signatures.count == 2 && Set(signatures).count == 2)
        #expect(signatures.allSatisfy { $0.hasPrefix("v1,") && $0.utf8.count == 3 + 44 })
    }

    @Test(
        arguments: [
            ("whsec_" + String(repeating: "QUFB", count: 8), true),
            ("whsec_" + String(repeating: "QUFB", count: 7), false),
            ("whsec_" + String(repeating: "QUFB", count: 21), true),
            ("whsec_" + String(repeating: "QUFB", count: 22), false), ("whsec_", false), ("", false),
            (String(repeating: "QUFB", count: 8), false), ("whsec_" + String(repeating: "QU!B", count: 8), false),
        ]
    )
    func `a secret is 24 to 64 bytes in Base64`(text: String, isOne: Bool) {
        #expect((WebhookSecret(text) != nil) == isOne)
    }
}

@Suite struct WebhookEndpointTests {
    private static let secret = "whsec_" + String(repeating: "QUFB", count: 8)

    private func endpoints(_ text: String) throws -> [WebhookEndpoint] {
        let text = text.replacing("SECRET", with: #""secret":"\#(Self.secret)""#)
        guard case .array(let values)? = JSONReader.read(Array(text.utf8), limits: .init(length: 1 << 16, depth: 8))
        else {
            throw AttachmentsError(.system, "no JSON")
        }
        return try WebhookEndpoint.endpoints(values)
    }

    @Test func `an endpoint has a name, an address, secrets and events`() throws {
        let found = try endpoints(
            #"[{"url":"https://a.example/hook?key=1",SECRET},{"name":"b","url":"http://b:8080","old_secret":"\#(Self.secret)","#
                + #"SECRET,"events":["attachment.failed"]}]"#
        )
        #expect(found.map(\.name) == ["https://a.example/hook", "b"])
        #expect(found.map(\.url) == ["https://a.example/hook?key=1", "http://b:8080"])
        #expect(found.map(\.secrets.count) == [1, 2])
        #expect(found.map(\.events) == [[.processed, .failed], [.failed]])
    }

    @Test(
        arguments: [
            (#"[{"url":"https://a"}]"#, "'secret' of an endpoint is"),
            (#"[{"url":"https://a","secret":"whsec_short"}]"#, "openssl rand -base64 32"),
            (#"[{SECRET}]"#, "needs a 'url'"), (#"[{"url":"ftp://a",SECRET}]"#, "write https://HOST/PATH"),
            (#"[{"url":"https://",SECRET}]"#, "write https://HOST/PATH"),
            (#"[{"url":"https://user:pass@a/",SECRET}]"#, "without user"),
            (#"[{"url":"https://a/#b",SECRET}]"#, "without user"), (#"[{"url":"https://a/ b",SECRET}]"#, "is no url"),
            (#"[{"url":"https://a/\r\nX: y",SECRET}]"#, "is no url"),
            (#"[{"url":"https://a","secrets":[],SECRET}]"#, "there is no 'secrets'"),
            (#"[{"url":"https://a","url":"https://b",SECRET}]"#, "stands twice"),
            (#"[{"url":"https://a",SECRET,"events":[]}]"#, "is a list of: attachment.processed, attachment.failed"),
            (#"[{"url":"https://a",SECRET,"events":["attachment.gone"]}]"#, #""attachment.gone"; known are"#),
            (#"[{"url":"https://a",SECRET,"name":"a b"}]"#, "the 'name' of https://a"),
            (#"[{"url":"https://a",SECRET,"name":""}]"#, "the 'name' of https://a"),
            (
                #"[{"url":"https://a?1",SECRET},{"url":"https://a?2",SECRET}]"#,
                "two endpoints have the name 'https://a'"
            ),
            (#"[1]"#, "an endpoint is an object"),
        ]
    )
    func `what is none is refused with what to write`(text: String, complaint: String) throws {
        let error = try #require(throws: AttachmentsError.self) { try endpoints(text) }
        #expect(error.code == .invalidConfiguration && error.message.hasPrefix("webhooks.endpoints: "))
        #expect(error.message.contains(complaint), "\(error.message)")
    }

    @Test(arguments: [(32, true), (33, false)])
    func `there are only so many`(count: Int, isAllowed: Bool) {
        let list = "[" + (0..<count).map { #"{"url":"https://a/\#($0)",SECRET}"# }.joined(separator: ",") + "]"
        #expect(((try? endpoints(list)) != nil) == isAllowed)
    }
}
