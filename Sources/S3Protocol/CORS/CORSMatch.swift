/// What a browser is told when a rule fits.
package struct CORSMatch: Equatable, Sendable {
    /// What the answer depends on, for caches.
    package static let vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"

    /// The request's origin, or `*` when the entry that fits is just that.
    package let allowOrigin: String
    /// All methods of the rule.
    package let allowMethods: String
    /// The headers that a preflight asked for, in lower case; nil when it asked for none, and on actual answers.
    package internal(set) var allowHeaders: String?
    /// What a page may read.
    package let exposeHeaders: String?
    /// For how many seconds the answer may be remembered.
    package let maxAge: Int?

    /// Whether cookies and credentials may go along; never to all origins (Fetch standard, "CORS protocol and
    /// credentials").
    package var allowsCredentials: Bool { !ByteText.equal(allowOrigin, "*") }

    init(rule: CORSRule, entry: String, origin: String, headers: [String]) {
        allowOrigin = ByteText.equal(entry, "*") ? entry : origin
        allowMethods = rule.methods.map(\.rawValue).joined(separator: ", ")
        allowHeaders = headers.isEmpty ? nil : headers.joined(separator: ", ")
        exposeHeaders = rule.exposed.isEmpty ? nil : rule.exposed.joined(separator: ", ")
        maxAge = rule.maxAge
    }

    /// The header fields of the answer, `Vary` included.
    package var fields: [HeaderList.Field] {
        let values: [(String, String?)] = [
            ("Access-Control-Allow-Origin", allowOrigin),
            ("Access-Control-Allow-Methods", allowMethods),
            ("Access-Control-Allow-Headers", allowHeaders),
            ("Access-Control-Expose-Headers", exposeHeaders),
            ("Access-Control-Max-Age", maxAge.map(String.init)),
            ("Access-Control-Allow-Credentials", allowsCredentials ? "true" : nil),
            ("Vary", Self.vary),
        ]
        return values.compactMap { name, value in value.map { HeaderList.Field(name, $0) } }
    }
}
