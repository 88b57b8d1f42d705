/// One rule of a bucket's CORS configuration: which origins may do what, and what their pages may read.
package struct CORSRule: Codable, Equatable, Sendable {
    /// A method that a rule can allow.
    package enum Method: String, CaseIterable, Codable, Sendable {
        /// `GET`.
        case get = "GET"
        /// `PUT`.
        case put = "PUT"
        /// `HEAD`.
        case head = "HEAD"
        /// `POST`.
        case post = "POST"
        /// `DELETE`.
        case delete = "DELETE"
    }

    /// The name that its author gave it.
    package var id: String?
    /// Exact origins, `*`, or origins with one `*` in them.
    package var origins: [String]
    /// The methods, in the order given.
    package var methods: [Method]
    /// The request headers that may be sent, in any case, with at most one `*` each.
    package var headers: [String]
    /// The response headers that a page may read.
    package var exposed: [String]
    /// For how many seconds a browser may remember the answer.
    package var maxAge: Int?

    /// A rule of these parts, which are not checked.
    package init(
        id: String? = nil,
        origins: [String],
        methods: [Method],
        headers: [String] = [],
        exposed: [String] = [],
        maxAge: Int? = nil
    ) {
        self.id = id
        self.origins = origins
        self.methods = methods
        self.headers = headers
        self.exposed = exposed
        self.maxAge = maxAge
    }
}

/// Matching; origins and methods by their bytes, header names in any ASCII case.
extension CORSRule {
    /// The first entry that fits this origin.
    func entry(for origin: String) -> String? {
        origins.first { Self.matches(origin, pattern: $0) }
    }

    func allows(method: String) -> Bool {
        methods.contains { ByteText.equal($0.rawValue, method) }
    }

    /// Whether this header may be sent; the name is in lower case.
    func allows(header name: String) -> Bool {
        headers.contains { Self.matches(name, pattern: ByteText.lowercasedASCII($0)) }
    }

    private static func matches(_ text: String, pattern: String) -> Bool {
        let halves = pattern.utf8.split(
            separator: UInt8(ascii: "*"),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard halves.count == 2 else { return ByteText.equal(text, pattern) }
        let bytes = text.utf8
        return bytes.count >= halves[0].count + halves[1].count && bytes.starts(with: halves[0])
            && bytes.suffix(halves[1].count).elementsEqual(halves[1])
    }
}
