import S3Protocol

/// The body of a claim: `{"file_attachment":{"key":"…"}}`.
package struct CreateAttachmentRequest: Sendable {
    /// The most bytes that a body may have.
    package static let maximumLength = 16 * 1024

    /// The key as sent; not yet checked.
    package let key: String

    /// Reads a body; members that we do not know are passed over, as clients send more than we need.
    ///
    /// - Throws: 400 when it is no JSON object of this form, 422 when the key is missing or empty.
    package init(json body: [UInt8]) throws(APIError) {
        let limits = JSONReader.Limits(length: Self.maximumLength, depth: 8)
        guard let envelope = JSONReader.read(body, limits: limits)?.member("file_attachment"), case .object = envelope
        else { throw .malformedBody(#"{"file_attachment":{"key":"KEY"}}"#) }
        guard let key = envelope.member("key")?.string, !key.isEmpty else { throw .keyMissing() }
        self.key = key
    }
}

extension JSONValue {
    fileprivate func member(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { ByteText.equal($0.name, name) }?.value
    }
}
