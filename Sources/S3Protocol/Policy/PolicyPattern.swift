/// Text of a policy with the wildcards `*` and `?` and with variables, compared byte by byte.
///
/// `*` stands for any bytes, `/` included, `?` for one character. A comparison never goes back in the text: its cost is
/// the length of the text for each star, and for each further 64 symbols between two stars.
struct PolicyPattern: Equatable, Sendable {
    /// A byte, or one of the two wildcards above all bytes.
    typealias Symbol = UInt16

    /// What a pattern consists of.
    enum Piece: Equatable, Sendable {
        /// Bytes and wildcards.
        case symbols([Symbol])
        /// The value that the request has for this condition key, in lower case.
        case variable(String)
    }

    static let character: Symbol = 0x100
    static let run: Symbol = 0x101

    /// The pieces in order.
    let pieces: [Piece]

    init(pieces: [Piece]) {
        self.pieces = pieces
    }

    /// Reads a pattern, or gives nil when a variable in it is none.
    ///
    /// - Parameters:
    ///   - text: The text of the policy.
    ///   - wildcards: Whether `*` and `?` mean more than themselves.
    ///   - variables: Whether `${…}` does; `${*}`, `${?}` and `${$}` are then the characters themselves.
    init?(_ text: some StringProtocol, wildcards: Bool = true, variables: Bool = false) {
        var pieces: [Piece] = []
        var symbols: [Symbol] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if variables, byte == UInt8(ascii: "$"), rest.first == UInt8(ascii: "{") {
                guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else { return nil }
                let name = rest[(rest.startIndex + 1)..<end]
                rest = rest[(end + 1)...]
                if let literal = Self.escaped(name) {
                    symbols.append(literal)
                } else {
                    guard let key = Self.variable(name) else { return nil }
                    pieces += [.symbols(symbols), .variable(key)]
                    symbols = []
                }
                continue
            }
            let symbol = wildcards ? Self.symbol(byte) : Symbol(byte)
            // Stars in a row are one star.
            if symbol != Self.run || symbols.last != Self.run { symbols.append(symbol) }
        }
        self.pieces = (pieces + [.symbols(symbols)]).filter { $0 != .symbols([]) }
    }

    private static func symbol(_ byte: UInt8) -> Symbol {
        switch byte {
        case UInt8(ascii: "*"): run
        case UInt8(ascii: "?"): character
        default: Symbol(byte)
        }
    }

    private static func escaped(_ name: ArraySlice<UInt8>) -> Symbol? {
        guard name.count == 1, let byte = name.first, "*?$".utf8.contains(byte) else { return nil }
        return Symbol(byte)
    }

    private static func variable(_ name: ArraySlice<UInt8>) -> String? {
        let key = ByteText.lowercasedASCII(String(decoding: name, as: UTF8.self))
        return PolicyConditionKey.isWellFormed(key) ? key : nil
    }
}

extension PolicyPattern {
    /// Whether the pattern is one text only, without wildcards and variables.
    var isFixed: Bool {
        pieces.allSatisfy { piece in
            if case .symbols(let symbols) = piece { symbols.allSatisfy { $0 < Self.character } } else { false }
        }
    }

    /// The condition keys of its variables.
    var variables: [String] {
        pieces.compactMap { if case .variable(let key) = $0 { key } else { nil } }
    }

    /// The pattern with its ASCII letters in lower case, for comparisons that ignore case.
    var lowercased: PolicyPattern {
        PolicyPattern(
            pieces: pieces.map { piece in
                guard case .symbols(let symbols) = piece else { return piece }
                return .symbols(symbols.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
            }
        )
    }

    /// The pattern cut at its first colons into at most `count` patterns.
    func split(atColons count: Int) -> [PolicyPattern] {
        var parts: [[Piece]] = [[]]
        for piece in pieces {
            guard case .symbols(let symbols) = piece else {
                parts[parts.count - 1].append(piece)
                continue
            }
            let cuts = symbols.split(
                separator: Symbol(UInt8(ascii: ":")),
                maxSplits: count - parts.count,
                omittingEmptySubsequences: false
            )
            for (index, cut) in cuts.enumerated() {
                if index > 0 { parts.append([]) }
                if !cut.isEmpty { parts[parts.count - 1].append(.symbols(Array(cut))) }
            }
        }
        return parts.map(PolicyPattern.init(pieces:))
    }
}
