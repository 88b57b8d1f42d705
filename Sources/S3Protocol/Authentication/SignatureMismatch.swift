/// All that was compared when a signature did not match, without anything secret; the calculated signature stays out,
/// since whoever reads it could send it.
package struct SignatureMismatch: S3ErrorConvertible, Sendable {
    /// The kinds of signature.
    package enum Mechanism: String, Sendable {
        /// SigV4 in the header.
        case v4Header = "SigV4 header"
        /// A URL presigned with SigV4.
        case v4Query = "SigV4 query"
        /// SigV2 in the header.
        case v2Header = "SigV2 header"
        /// A URL presigned with SigV2.
        case v2Query = "SigV2 query"
        /// A form policy signed with either version.
        case form = "form policy"
    }

    /// The kind of signature.
    package let mechanism: Mechanism
    /// The access key that the request names.
    package let accessKeyID: String
    /// What was signed here.
    package let stringToSign: [UInt8]
    /// The canonical request behind it; SigV4 header and query only.
    package let canonicalRequest: CanonicalRequest?
    /// The signature that came.
    package let provided: String
    /// The `Host` header that was used; nil when there was none or it plays no part.
    package let host: String?
    /// What else was compared.
    package let note: String

    /// A mismatch of these parts.
    package init(
        mechanism: Mechanism,
        accessKeyID: String,
        stringToSign: [UInt8],
        canonicalRequest: CanonicalRequest? = nil,
        provided: String,
        host: String? = nil,
        note: String
    ) {
        self.mechanism = mechanism
        self.accessKeyID = accessKeyID
        self.stringToSign = stringToSign
        self.canonicalRequest = canonicalRequest
        self.provided = provided
        self.host = host
        self.note = note
    }

    /// One printable line for the log and the reason header.
    package var reason: String {
        let hostText = host.map { " with host '\($0)'" } ?? ""
        return Self.printable("\(mechanism.rawValue) signature compared\(hostText): \(note)")
    }

    /// `SignatureDoesNotMatch` with the strings that were compared.
    package var s3Error: S3Error {
        S3Error.signatureDoesNotMatch(
            accessKeyID: accessKeyID,
            stringToSign: stringToSign,
            provided: provided,
            canonicalRequest: canonicalRequest?.bytes
        ).because(reason)
    }

    /// Decoded parameters may hold line breaks, which must not reach a header.
    private static func printable(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
