import FoundationEssentials

/// What deliveries to an endpoint are signed with, as the Standard Webhooks specification writes it: `whsec_` and Base64.
package struct WebhookSecret: Sendable, Equatable {
    /// What the text of a secret begins with.
    package static let prefix = "whsec_"
    /// How many bytes a secret may have.
    package static let length = 24...64

    let bytes: [UInt8]

    /// The secret of this text; nil when it is of another form.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.prefix),
            let data = Data(base64Encoded: String(text.dropFirst(Self.prefix.count))),
            Self.length.contains(data.count)
        else { return nil }
        bytes = Array(data)
    }
}
