import S3Protocol

/// The two names that S3 gives every answer: `x-amz-request-id` and `x-amz-id-2`.
package struct RequestID: Sendable, Hashable {
    /// 16 upper-case characters; unique within any practical window of a log.
    package let text: String
    /// The longer id, Base64 of 48 bytes that hold the first id and the server's random name.
    package let hostID: String

    /// A fresh random id.
    package init() {
        self.init(random: UInt64.random(in: .min ... .max))
    }

    init(random: UInt64) {
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
        var rest = random
        var characters: [UInt8] = []
        for _ in 0..<16 {
            characters.append(alphabet[Int(rest & 0x0F) | (characters.count.isMultiple(of: 2) ? 0x10 : 0)])
            rest >>= 4
        }
        text = String(decoding: characters, as: UTF8.self)
        hostID = Base64.encode(characters + Self.server)
    }

    private static let server: [UInt8] = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
}
