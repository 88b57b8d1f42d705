/// The text that SigV4 signs for a request: algorithm, time, scope, hash of the canonical request.
package struct StringToSign: Sendable, Equatable {
    /// The one algorithm of SigV4.
    package static let algorithm = "AWS4-HMAC-SHA256"

    /// The text as bytes.
    package let bytes: [UInt8]

    /// The string to sign of a request; `date` in basic ISO 8601.
    package init(date: String, scope: CredentialScope, canonicalRequest: CanonicalRequest) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(192)
        for line in [Self.algorithm, date, scope.text] {
            bytes.append(contentsOf: line.utf8)
            bytes.append(UInt8(ascii: "\n"))
        }
        bytes.append(contentsOf: canonicalRequest.hash.utf8)
        self.bytes = bytes
    }

    /// The text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }
}
