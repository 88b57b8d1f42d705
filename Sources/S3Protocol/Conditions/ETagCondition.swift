/// The value of `If-Match` or `If-None-Match`: entity tags, or `*` for any (RFC 9110 section 13.1).
struct ETagCondition {
    private enum Item {
        case any
        case tag(String, isWeak: Bool)
    }

    private let items: [Item]

    /// The condition of all fields of this name, or nil when there is none.
    init?(_ name: String, in headers: HeaderList) {
        let values = headers.values(name)
        guard !values.isEmpty else { return nil }
        items = values.flatMap { Self.pieces($0) }.map(Self.item)
    }

    /// Whether a tag is listed; a weak one counts only with `weakly` (RFC 9110 section 8.8.3.2).
    func matches(_ etag: ETag, weakly: Bool) -> Bool {
        items.contains { item in
            switch item {
            case .any: true
            case .tag(let text, let isWeak): (weakly || !isWeak) && ByteText.equal(text, etag.text)
            }
        }
    }

    private static func item(_ piece: String) -> Item {
        if ByteText.equal(piece, "*") { return .any }
        guard ByteText.hasPrefix(piece, "W/") else { return .tag(ETag(piece).text, isWeak: false) }
        return .tag(ETag(piece.dropFirst(2)).text, isWeak: true)
    }

    /// The list's elements: commas outside of quotes separate.
    private static func pieces(_ value: String) -> [String] {
        var pieces: [[UInt8]] = [[]]
        var isQuoted = false
        for byte in value.utf8 {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == UInt8(ascii: ","), !isQuoted {
                pieces.append([])
            } else {
                pieces[pieces.count - 1].append(byte)
            }
        }
        return pieces.map { ByteText.trimmed(String(decoding: $0, as: UTF8.self)) }.filter { !$0.isEmpty }
    }
}
