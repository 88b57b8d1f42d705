import S3Protocol

/// What an ETag of another server lets one verify.
package enum ForeignETag: Hashable, Sendable {
    /// The MD5 of the content.
    case md5(String)
    /// The MD5 of the MD5s of so many parts; `-1` may also be random, so that one must not be verified.
    case multipart(String, parts: Int)
    /// Something else, which is kept and not verified.
    case opaque(String)

    /// The kind of `text`, with or without double quotes around it; nil when nothing is left.
    package init?(_ text: String) {
        var bytes = Array(text.utf8)
        if bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") {
            bytes = Array(bytes.dropFirst().dropLast())
        }
        guard !bytes.isEmpty else { return nil }
        let bare = String(decoding: bytes, as: UTF8.self)
        let fields = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard fields[0].count == 32, Hex.decode(String(decoding: fields[0], as: UTF8.self)) != nil else {
            self = .opaque(bare)
            return
        }
        if fields.count == 1 {
            self = .md5(bare)
        } else if fields.count == 2, let parts = Int(String(decoding: fields[1], as: UTF8.self)), parts > 0 {
            self = .multipart(bare, parts: parts)
        } else {
            self = .opaque(bare)
        }
    }

    /// The tag as it is recorded, without quotes.
    package var text: String {
        switch self {
        case .md5(let text), .multipart(let text, _), .opaque(let text): text
        }
    }
}
