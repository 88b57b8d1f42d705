import NIOHTTP1
import S3Protocol

/// What a read asks to be answered with in the place of the object's own headers (AWS, "GetObject", `response-…`).
extension HTTPHeaders {
    private static let overrides = [
        ("response-cache-control", "Cache-Control"), ("response-content-disposition", "Content-Disposition"),
        ("response-content-encoding", "Content-Encoding"), ("response-content-language", "Content-Language"),
        ("response-content-type", "Content-Type"), ("response-expires", "Expires"),
    ]

    /// Replaces headers by what the `response-…` parameters say.
    ///
    /// - Throws: `InvalidArgument` for text that a header cannot carry.
    mutating func override(by target: RequestTarget) throws(S3Error) {
        for (parameter, name) in Self.overrides {
            guard let value = target[parameter] else { continue }
            guard value.unicodeScalars.allSatisfy({ $0.value <= 0xFF && $0.value >= 0x20 && $0.value != 0x7F }) else {
                throw .invalidArgument(
                    "Header value cannot be represented using ISO-8859-1.",
                    name: parameter,
                    value: value
                )
            }
            replaceOrAdd(name: name, value: value)
        }
    }

    /// Keeps caches from holding an answer longer than the URL that it came by works.
    mutating func limitAge(until expiry: Timestamp, now: Timestamp) {
        guard let value = first(name: "Cache-Control") else { return }
        let left = Swift.max(0, expiry.seconds - now.seconds)
        let directives = value.split(separator: ",").map { directive -> String in
            let text = ByteText.trimmed(directive)
            guard ByteText.hasPrefix(ByteText.lowercasedASCII(text), "max-age="), let age = Int64(text.dropFirst(8))
            else {
                return text
            }
            return "max-age=\(Swift.min(age, left))"
        }
        replaceOrAdd(name: "Cache-Control", value: directives.joined(separator: ", "))
    }
}
