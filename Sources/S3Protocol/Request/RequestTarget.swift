/// A request target in origin form as it was sent: raw path and raw query, nothing normalised (RFC 9112 section 3.2.1).
///
/// Signatures and keys depend on every byte, so `a//b`, `%7e` and `+` stay as they came.
package struct RequestTarget: Sendable, Equatable {
    /// One query parameter.
    package struct Parameter: Sendable, Equatable {
        /// The name as sent, still encoded.
        package let rawName: String
        /// The value as sent, still encoded; nil when there was no `=`.
        package let rawValue: String?
        /// The decoded name.
        package let name: String
        /// The decoded value, empty when there was none.
        package let value: String
    }

    /// The path as sent; `/` when it was empty.
    package let rawPath: String
    /// The query as sent, without the `?`; nil when there was no `?`.
    package let rawQuery: String?
    /// The parameters in the order they were sent; `+` and escapes decoded.
    package let parameters: [Parameter]

    /// Splits a target at its first `?`; only `&` separates parameters.
    ///
    /// - Throws: `InvalidURI` when an escape is bad, decoded text is not UTF-8, or the path does not begin with `/`.
    package init(_ text: String) throws(S3Error) {
        let bytes = text.utf8
        let mark = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        let path = String(text[..<mark])
        rawPath = path.isEmpty ? "/" : path
        guard rawPath.utf8.first == UInt8(ascii: "/") else { throw .invalidURI("the target does not begin with '/'") }
        guard mark < bytes.endIndex else {
            (rawQuery, parameters) = (nil, [])
            return
        }
        let query = String(text[bytes.index(after: mark)...])
        rawQuery = query
        parameters = try Self.parse(query)
    }

    /// Splits a target that is part of a longer text, as the other.
    package init(_ text: Substring) throws(S3Error) {
        try self.init(String(text))
    }

    /// The decoded value of the first parameter of this name (case counts), empty when it had none.
    package subscript(_ name: String) -> String? {
        parameters.first { ByteText.equal($0.name, name) }?.value
    }

    /// Whether a parameter of this name was sent, with or without a value.
    package func has(_ name: String) -> Bool {
        parameters.contains { ByteText.equal($0.name, name) }
    }

    private static func parse(_ query: String) throws(S3Error) -> [Parameter] {
        var parameters: [Parameter] = []
        for piece in query.utf8.split(separator: UInt8(ascii: "&")) {
            let halves = piece.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let rawName = halves[0]
            let rawValue = halves.count > 1 ? halves[1] : nil
            parameters.append(
                Parameter(
                    rawName: String(decoding: rawName, as: UTF8.self),
                    rawValue: rawValue.map { String(decoding: $0, as: UTF8.self) },
                    name: try decode(rawName),
                    value: try rawValue.map { value throws(S3Error) in try decode(value) } ?? ""
                )
            )
        }
        return parameters
    }

    private static func decode(_ bytes: Substring.UTF8View) throws(S3Error) -> String {
        guard let decoded = PercentEncoding.decode(bytes, plusIsBlank: true),
            let text = String(validating: decoded, as: UTF8.self)
        else { throw .invalidURI("bad escape in the query: \(String(decoding: bytes, as: UTF8.self))") }
        return text
    }
}
