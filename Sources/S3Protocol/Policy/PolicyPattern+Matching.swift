/// Whether something is as a policy says; unknown when that depends on a variable that the request has no value for.
enum PolicyMatch: Int, Comparable {
    case no
    case unknown
    case yes

    init(_ matches: Bool) {
        self = matches ? .yes : .no
    }

    static func < (left: PolicyMatch, right: PolicyMatch) -> Bool {
        left.rawValue < right.rawValue
    }

    /// Whether the element holds in a statement of this effect.
    ///
    /// What is unknown is never held for a match; when the element is negated that would widen an `Allow`, so there it
    /// does not hold either.
    func holds(isNegated: Bool, effect: PolicyStatement.Effect) -> Bool {
        switch self {
        case .yes: !isNegated
        case .no: isNegated
        case .unknown: isNegated && effect == .deny
        }
    }
}

extension Sequence {
    /// The best match among the elements; stops at the first that is certain.
    func bestMatch(_ match: (Element) -> PolicyMatch) -> PolicyMatch {
        var best = PolicyMatch.no
        for element in self {
            best = Swift.max(best, match(element))
            if best == .yes { break }
        }
        return best
    }
}

extension PolicyPattern {
    /// Whether `text` matches, with `value` as the source of the variables' values; wildcards in these mean nothing.
    func match(_ text: [UInt8], value: (String) -> String?) -> PolicyMatch {
        if pieces.count == 1, case .symbols(let symbols) = pieces[0] {
            return PolicyMatch(Self.matches(symbols, text))
        }
        var symbols: [Symbol] = []
        for piece in pieces {
            switch piece {
            case .symbols(let more): symbols += more
            case .variable(let key):
                guard let value = value(key) else { return .unknown }
                // Values are as long as a caller likes, and may be asked for often.
                guard value.utf8.count <= text.count else { return .no }
                symbols += value.utf8.map(Symbol.init)
                guard symbols.count(where: { $0 != Self.run }) <= text.count else { return .no }
            }
        }
        return PolicyMatch(Self.matches(symbols, text))
    }

    /// Whether `text` matches a pattern without variables.
    func matches(_ text: [UInt8]) -> Bool {
        match(text) { _ in nil } == .yes
    }

    /// What stands before the first star must begin the text, what stands behind the last must end it, and what stands
    /// between must follow in this order; for that the first place of each is as good as any.
    private static func matches(_ pattern: [Symbol], _ text: [UInt8]) -> Bool {
        // Every symbol but a star takes a byte at least.
        guard pattern.count(where: { $0 != run }) <= text.count else { return false }
        let segments = pattern.split(separator: run, omittingEmptySubsequences: false)
        guard let first = segments.first, let last = segments.last, var index = end(of: first, in: text) else {
            return false
        }
        guard segments.count > 1 else { return index == text.count }
        guard let limit = start(of: last, in: text), index <= limit else { return false }
        for segment in segments.dropFirst().dropLast() where !segment.isEmpty {
            guard let end = PatternSegment(segment).end(in: text[index..<limit]) else { return false }
            index = end
        }
        return true
    }

    /// Where the text goes on behind a segment that begins it, or nil when none does.
    private static func end(of segment: ArraySlice<Symbol>, in text: [UInt8]) -> Int? {
        var index = 0
        for symbol in segment {
            guard index < text.count, symbol == character || symbol == Symbol(text[index]) else { return nil }
            index += 1
            guard symbol == character else { continue }
            while index < text.count, isContinuation(text[index]) { index += 1 }
        }
        return index
    }

    /// Where a segment begins that ends the text, or nil when none does.
    private static func start(of segment: ArraySlice<Symbol>, in text: [UInt8]) -> Int? {
        var index = text.count
        for symbol in segment.reversed() {
            guard index > 0 else { return nil }
            index -= 1
            guard symbol != character else {
                while index > 0, isContinuation(text[index]) { index -= 1 }
                continue
            }
            guard symbol == Symbol(text[index]) else { return nil }
        }
        return index
    }

    /// Whether the byte goes on with a character of UTF-8.
    static func isContinuation(_ byte: UInt8) -> Bool {
        byte & 0xC0 == 0x80
    }
}
