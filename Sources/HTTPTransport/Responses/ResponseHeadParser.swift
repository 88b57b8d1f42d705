package import S3Protocol

/// Gathers the head of an answer from its lines; interim answers (1xx) and trailers are passed over.
package struct ResponseHeadParser {
    /// What a line gave.
    package enum Action: Equatable {
        /// Nothing yet.
        case none
        /// The head is complete.
        case head(status: Int, headers: HeaderList)
        /// The answer is not HTTP.
        case malformed(String)
        /// The head is longer than allowed.
        case tooLarge

        /// Whether both are the same, headers by their texts.
        package static func == (left: Action, right: Action) -> Bool {
            switch (left, right) {
            case (.none, .none), (.tooLarge, .tooLarge): true
            case (.malformed(let one), .malformed(let other)): one == other
            case (.head(let one, let first), .head(let other, let second)):
                one == other && first.fields.map { [$0.name, $0.value] } == second.fields.map { [$0.name, $0.value] }
            default: false
            }
        }
    }

    private enum Place {
        case before, inside(status: Int), behind
    }

    private let limit: Int
    private var place = Place.before
    private var headers = HeaderList()
    private var length = 0

    /// A parser of heads of at most so many bytes; interim answers count.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Takes a line with its end.
    package mutating func take(_ line: some Collection<UInt8>) -> Action {
        length += line.count
        guard length <= limit else { return .tooLarge }
        let text = ByteText.trimmed(String(decoding: line, as: UTF8.self))
        switch place {
        case .before: return begin(text)
        case .inside(let status): return text.isEmpty ? end(status) : add(text)
        case .behind: return .none
        }
    }

    private mutating func begin(_ text: String) -> Action {
        let parts = text.utf8.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard ByteText.hasPrefix(text, "HTTP/"), parts.count >= 2, parts[1].count == 3,
            let status = Int(String(decoding: parts[1], as: UTF8.self)), (100...999).contains(status)
        else { return .malformed("'\(text.prefix(80))' is no status line") }
        place = .inside(status: status)
        headers = HeaderList()
        return .none
    }

    private mutating func add(_ text: String) -> Action {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")), colon > text.startIndex else {
            return .malformed("'\(text.prefix(80))' is no header")
        }
        headers.append(String(text[..<colon]), ByteText.trimmed(text[text.utf8.index(after: colon)...]))
        return .none
    }

    private mutating func end(_ status: Int) -> Action {
        guard status >= 200 else {
            place = .before
            return .none
        }
        place = .behind
        return .head(status: status, headers: headers)
    }
}
