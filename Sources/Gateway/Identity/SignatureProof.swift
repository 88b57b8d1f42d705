package import S3Protocol

/// How a request proved who it is from, as conditions of policies see it.
package struct SignatureProof: Sendable, Equatable {
    /// Where the signature stood: `REST-HEADER`, `REST-QUERY-STRING` or `POST`.
    package let method: String
    /// `AWS4-HMAC-SHA256`, or `AWS` for version 2.
    package let version: String
    /// When it was made; nil where the signature does not say.
    package let signed: Timestamp?

    /// The proof of a request that was verified; nil for one without a signature.
    init?(_ scheme: AuthenticationScheme, _ head: RequestHead) {
        switch scheme {
        case .anonymous: return nil
        case .v4Header: self.init("REST-HEADER", Self.version4, Self.date(head.headers))
        case .v4Query:
            self.init(
                "REST-QUERY-STRING",
                Self.version4,
                head.target["X-Amz-Date"].flatMap { Timestamp(basicISO8601: $0) }
            )
        case .v2Header: self.init("REST-HEADER", Self.version2, Self.date(head.headers))
        case .v2Query: self.init("REST-QUERY-STRING", Self.version2, nil)
        }
    }

    /// The proof of a form that was verified; nil for one without a signature.
    init?(_ form: PostObjectRequest) {
        switch form.authentication {
        case .anonymous: return nil
        case .version4:
            self.init("POST", Self.version4, form.form["x-amz-date"].flatMap { Timestamp(basicISO8601: $0) })
        case .version2: self.init("POST", Self.version2, nil)
        }
    }

    private init(_ method: String, _ version: String, _ signed: Timestamp?) {
        self.method = method
        self.version = version
        self.signed = signed
    }

    private static let version4 = StringToSign.algorithm
    private static let version2 = "AWS"

    private static func date(_ headers: HeaderList) -> Timestamp? {
        guard let text = headers["x-amz-date"] ?? headers["Date"] else { return nil }
        return Timestamp(basicISO8601: text) ?? Timestamp(httpDate: text)
    }
}
