import S3Protocol

/// A list of content types, each exact (`image/png`) or with any subtype (`image/*`).
package struct ContentTypePatterns: Sendable, ExpressibleByArrayLiteral {
    /// The patterns in lower case.
    package let patterns: [String]

    /// A list of these patterns.
    package init(_ patterns: [String]) {
        self.patterns = patterns.map(ByteText.lowercasedASCII)
    }

    /// A list written in the source.
    package init(arrayLiteral patterns: String...) {
        self.init(patterns)
    }

    /// Whether one of the patterns fits; case and parameters (`; charset=utf-8`) do not count.
    package func allow(_ contentType: String) -> Bool {
        guard let essence = Self.essence(of: contentType) else { return false }
        return patterns.contains { pattern in
            guard pattern.hasSuffix("/*") else { return ByteText.equal(pattern, essence) }
            return ByteText.hasPrefix(essence, pattern.dropLast())
        }
    }

    /// `type/subtype` in lower case without parameters, or nil when the text is no media type (RFC 9110 section 8.3.1).
    package static func essence(of contentType: String) -> String? {
        let bytes = contentType.utf8
        guard bytes.allSatisfy({ (0x20...0x7E).contains($0) }), bytes.count <= 255 else { return nil }
        let end = bytes.firstIndex(of: UInt8(ascii: ";")) ?? bytes.endIndex
        let essence = ByteText.lowercasedASCII(ByteText.trimmed(contentType[..<end]))
        let parts = essence.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isTokenByte) }) else { return nil }
        return essence
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'+-.^_`|~".utf8.contains(byte)
        }
    }
}

extension ContentTypePatterns {
    /// What may be uploaded by default: pictures, PDF, text, office documents, sound, film.
    package static let uploads: ContentTypePatterns = [
        "image/*", "audio/*", "video/*",
        "application/pdf", "text/plain", "text/csv", "text/markdown", "application/rtf", "text/rtf",
        "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.presentation",
        "application/vnd.apple.pages", "application/vnd.apple.numbers", "application/vnd.apple.keynote",
        "application/x-iwork-pages-sffpages", "application/x-iwork-numbers-sffnumbers",
        "application/x-iwork-keynote-sffkey",
    ]
}
