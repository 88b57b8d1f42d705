package import S3Protocol

/// A refusal of the JSON API: a status, a code that machines branch on and a sentence that says what to do.
///
/// Errors are made by the catalogue in `APIError+Catalogue.swift`, so each text exists once.
package struct APIError: Error, Equatable, Sendable {
    /// One complaint about one field, or about the request as a whole (`base`).
    package struct Failure: Equatable, Sendable {
        /// The name under which whole requests are complained about.
        package static let base = "base"

        /// The request field, or `base`.
        package let field: String
        /// What machines branch on.
        package let code: String
        /// What people read.
        package let message: String

        /// A complaint of these parts.
        package init(_ code: String, field: String = Failure.base, _ message: String) {
            self.field = field
            self.code = code
            self.message = message
        }
    }

    /// The HTTP status.
    package let status: Int
    /// The complaint.
    package let failure: Failure
    /// The seconds after which the request may be tried again.
    package let retryAfter: Int64?

    /// An error of these parts; call a catalogue function instead where there is one.
    package init(status: Int, _ failure: Failure, retryAfter: Int64? = nil) {
        self.status = status
        self.failure = failure
        self.retryAfter = retryAfter
    }

    /// The headers that go with the answer: `X-Status-Reason` always, `Retry-After` and `WWW-Authenticate` when due.
    package var headers: [(name: String, value: String)] {
        var headers = [(name: "X-Status-Reason", value: Self.headerText(failure.message))]
        if let retryAfter { headers.append((name: "Retry-After", value: "\(retryAfter)")) }
        if status == 401 { headers.append((name: "WWW-Authenticate", value: "Token realm=\"larder\"")) }
        return headers
    }

    private static func headerText(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}

extension APIError: JSONDocument {
    /// `errors` lists the sentences of a whole request, but is an object of fields when a field is to blame.
    package var json: JSONValue {
        let sentences = JSONValue.array([.string(failure.message)])
        let codes = JSONValue.array([.object([.init("error", .string(failure.code))])])
        let byField = JSONValue.object([.init(failure.field, sentences)])
        let codesByField = JSONValue.object([.init(failure.field, codes)])
        guard ByteText.equal(failure.field, Failure.base) else {
            return .object([
                .init("failures", byField), .init("errors", byField), .init("error_codes", codesByField),
            ])
        }
        return .object([.init("errors", sentences), .init("failures", byField), .init("error_codes", codesByField)])
    }
}
