/// The CORS rules of a bucket (AWS, "Elements of a CORS configuration"; Fetch standard, "CORS protocol").
package struct CORSConfiguration: Codable, Equatable, Sendable {
    /// How many rules there may be.
    package static let maximumRules = 100
    /// How long the document may be.
    package static let maximumLength = 64 << 10

    /// The rules; the first that fits a request counts.
    package var rules: [CORSRule]

    /// A configuration of these rules, which are not checked.
    package init(rules: [CORSRule]) {
        self.rules = rules
    }

    /// What lets browsers of these origins use every operation, and read what they need for uploads.
    package static func open(to origins: [String]) -> CORSConfiguration {
        let rule = CORSRule(
            origins: origins,
            methods: [.get, .head, .put, .post, .delete],
            headers: ["*"],
            exposed: ["ETag", "Location", "x-amz-request-id", "x-amz-version-id", "Content-Range"],
            maxAge: 3_000
        )
        return CORSConfiguration(rules: [rule])
    }

    /// The first rule that allows a preflight, with the headers of the answer; nil when none does.
    ///
    /// - Parameters:
    ///   - origin: The `Origin` header.
    ///   - method: The `Access-Control-Request-Method` header.
    ///   - headers: The `Access-Control-Request-Headers` header.
    package func preflight(origin: String, method: String, headers: String?) -> CORSMatch? {
        match(origin: origin, method: method, headers: Self.names(headers))
    }

    /// The first rule that fits an actual request, with the headers for its answer, errors included; nil when none does.
    ///
    /// As on AWS, `Access-Control-Request-*` headers count here too when a client sends them.
    package func actual(
        origin: String,
        method: String,
        requestedMethod: String? = nil,
        requestedHeaders: String? = nil
    ) -> CORSMatch? {
        var match = match(
            origin: origin,
            method: requestedMethod ?? method,
            headers: Self.names(requestedHeaders)
        )
        match?.allowHeaders = nil
        return match
    }

    private func match(origin: String, method: String, headers: [String]) -> CORSMatch? {
        for rule in rules {
            guard let entry = rule.entry(for: origin), rule.allows(method: method),
                headers.allSatisfy(rule.allows(header:))
            else { continue }
            return CORSMatch(rule: rule, entry: entry, origin: origin, headers: headers)
        }
        return nil
    }

    private static func names(_ list: String?) -> [String] {
        (list ?? "").split(separator: ",").map { ByteText.lowercasedASCII(ByteText.trimmed($0)) }.filter { !$0.isEmpty }
    }
}
