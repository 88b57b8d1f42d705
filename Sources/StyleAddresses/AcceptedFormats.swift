package import Imaging
import S3Protocol

/// Chooses the format of a result that names none by what a client says it can show.
package struct AcceptedFormats: Sendable, Equatable {
    /// The formats that may be chosen, the best first.
    package let formats: [StyleSpec.Format]

    /// A choice among these.
    package init(_ formats: [StyleSpec.Format]) {
        self.formats = formats
    }

    /// The first of the formats that an `Accept` header names (RFC 9110 section 12.5.1); nil when it names none.
    ///
    /// Ranges as `image/*` do not count: what sends them need not know the newer formats.
    package func choice(_ header: String?) -> StyleSpec.Format? {
        guard let header, !formats.isEmpty else { return nil }
        let named = header.split(separator: ",").prefix(64).compactMap(Self.accepted)
        return formats.first { format in named.contains { ByteText.equal($0, "image/\(format.rawValue)") } }
    }

    /// The media type of an element, in lower case; nil when its weight is zero.
    private static func accepted(_ element: Substring) -> String? {
        let parts = element.split(separator: ";").map { ByteText.lowercasedASCII(ByteText.trimmed($0)) }
        let isRefused = parts.dropFirst().contains { parameter in
            let digits = parameter.dropFirst(2).utf8
            return ByteText.hasPrefix(parameter, "q=") && !digits.isEmpty
                && digits.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
        }
        return isRefused ? nil : parts.first
    }
}
