/// Where the next page of a listing begins: opaque to clients, URL-safe, protected against accidents by a checksum.
///
/// Holds a version byte, the last key or common prefix of the page, and four bytes of FNV-1a over both. It grants
/// nothing, so it is not signed.
package struct ContinuationToken: Hashable, Sendable {
    private static let version: UInt8 = 1
    private static let maximumLength = 2_048

    /// The last key or common prefix of the page before.
    package let last: [UInt8]

    /// A token for the page after `last`.
    package init(last: [UInt8]) {
        self.last = last
    }

    /// The token that a client sent back.
    ///
    /// - Throws: `InvalidArgument` when it is none of ours, or changed.
    package init(_ text: String) throws(S3Error) {
        guard text.utf8.count <= Self.maximumLength, let bytes = Self.decode(text), bytes.count >= 5,
            bytes[0] == Self.version
        else { throw .invalidContinuationToken }
        let content = bytes.dropLast(4)
        guard bytes.suffix(4).elementsEqual(Self.checksum(content)) else { throw .invalidContinuationToken }
        last = Array(content.dropFirst())
    }

    /// The token as it stands in documents and queries.
    package var text: String {
        let content = [Self.version] + last
        let text = Base64.encode(content + Self.checksum(content)).utf8.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            case UInt8(ascii: "="): nil
            default: byte
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func decode(_ text: String) -> [UInt8]? {
        guard !text.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }) else { return nil }
        let standard = text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        return Base64.decode(String(decoding: standard, as: UTF8.self))
    }

    private static func checksum(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let hash = bytes.reduce(UInt32(0x811C_9DC5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: hash >> $0) }
    }
}
