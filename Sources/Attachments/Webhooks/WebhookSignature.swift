import FoundationEssentials
import S3Protocol

/// The headers that prove a delivery, by the Standard Webhooks specification: `webhook-id`, `-timestamp`, `-signature`.
enum WebhookSignature {
    /// The three headers of a body that is sent now; a signature for each secret, so that receivers can change over.
    static func headers(
        id: String,
        body: [UInt8],
        secrets: [WebhookSecret],
        at now: Timestamp
    ) -> [(name: String, value: String)] {
        let signatures = secrets.map { signature(id: id, timestamp: now.seconds, body: body, secret: $0) }
        return [
            ("webhook-id", id), ("webhook-timestamp", "\(now.seconds)"),
            ("webhook-signature", signatures.joined(separator: " ")),
        ]
    }

    /// `v1,` and the HMAC-SHA256 of `id.timestamp.body` in Base64.
    static func signature(id: String, timestamp: Int64, body: [UInt8], secret: WebhookSecret) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: secret.bytes))
        code.update(data: Array("\(id).\(timestamp).".utf8))
        code.update(data: body)
        return "v1," + Data(code.finalize()).base64EncodedString()
    }
}
