/// A value that a condition compares with, read as its operator wants it.
enum PolicyOperand: Equatable, Sendable {
    case text(PolicyPattern)
    case foldedText(PolicyPattern)
    case number(Double)
    case date(Timestamp)
    case bool(Bool)
    case addresses(IPAddressRange)
    /// The six parts of an ARN.
    case arn([PolicyPattern])
    case bytes([UInt8])

    /// Reads the text of a policy, or gives nil when it is no such value.
    init?(_ text: String, for comparison: PolicyOperator.Comparison, variables: Bool) {
        let operand: PolicyOperand? =
            switch comparison {
            case .text(let ignoresCase):
                PolicyPattern(text, wildcards: false, variables: variables).map {
                    ignoresCase ? .foldedText($0.lowercased) : .text($0)
                }
            case .like: PolicyPattern(text, variables: variables).map(Self.text)
            case .number: Self.number(text).map(Self.number)
            case .date: Self.date(text).map(Self.date)
            case .bool, .null: Self.bool(text).map(Self.bool)
            case .address: IPAddressRange(text).map(Self.addresses)
            case .arn: Self.arn(text, variables: variables).map(Self.arn)
            case .bytes: Base64.decode(text).map(Self.bytes)
            }
        guard let operand else { return nil }
        self = operand
    }

    /// A value of the request, made ready for many comparisons of one operator.
    struct Value {
        let text: String
        /// The bytes, in lower case when the operator ignores case.
        let bytes: [UInt8]

        init(_ text: String, for comparison: PolicyOperator.Comparison) {
            self.text = text
            let ignoresCase = comparison == .text(ignoresCase: true)
            bytes = Array((ignoresCase ? ByteText.lowercasedASCII(text) : text).utf8)
        }
    }

    /// Whether the request's value matches; a value of another kind does not.
    func match(
        _ value: Value,
        _ comparison: PolicyOperator.Comparison,
        variable: (String) -> String?
    ) -> PolicyMatch {
        switch (self, comparison) {
        case (.text(let pattern), _): pattern.match(value.bytes, value: variable)
        case (.foldedText(let pattern), _):
            pattern.match(value.bytes) { variable($0).map { ByteText.lowercasedASCII($0) } }
        case (.arn(let parts), _): Self.match(parts, value.bytes, variable: variable)
        case (.number(let wanted), .number(let order)):
            PolicyMatch(Self.number(value.text).map { order.holds($0, wanted) } ?? false)
        case (.date(let wanted), .date(let order)):
            PolicyMatch(Self.date(value.text).map { order.holds($0, wanted) } ?? false)
        case (.bool(let wanted), _): PolicyMatch(Self.bool(value.text) == wanted)
        case (.addresses(let range), _): PolicyMatch(IPAddress(value.text).map(range.contains) ?? false)
        case (.bytes(let wanted), _): PolicyMatch(Base64.decode(value.text) == wanted)
        default: .no
        }
    }

    /// The condition keys of its variables.
    var variables: [String] {
        switch self {
        case .text(let pattern), .foldedText(let pattern): pattern.variables
        case .arn(let parts): parts.flatMap(\.variables)
        default: []
        }
    }
}

// MARK: - Values

extension PolicyOperand {
    private static func number(_ text: String) -> Double? {
        // Swift reads hexadecimal numbers and names of infinity too.
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }) else { return nil }
        return Double(text).flatMap { $0.isFinite ? $0 : nil }
    }

    /// A day, a moment in ISO 8601, or seconds since the epoch.
    private static func date(_ text: String) -> Timestamp? {
        if let moment = Timestamp(iso8601: text) { return moment }
        if let day = Timestamp(iso8601: text + "T00:00:00Z") { return day }
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text).map(Timestamp.init(seconds:))
    }

    private static func bool(_ text: String) -> Bool? {
        switch ByteText.lowercasedASCII(text) {
        case "true": true
        case "false": false
        default: nil
        }
    }

    private static let arnParts = 6

    private static func arn(_ text: String, variables: Bool) -> [PolicyPattern]? {
        guard let pattern = PolicyPattern(text, variables: variables) else { return nil }
        if ByteText.equal(text, "*") { return Array(repeating: pattern, count: arnParts) }
        let parts = pattern.split(atColons: arnParts)
        return parts.count == arnParts ? parts : nil
    }

    private static func match(
        _ patterns: [PolicyPattern],
        _ value: [UInt8],
        variable: (String) -> String?
    ) -> PolicyMatch {
        let parts = value.split(
            separator: UInt8(ascii: ":"),
            maxSplits: arnParts - 1,
            omittingEmptySubsequences: false
        )
        guard parts.count == patterns.count else { return .no }
        var worst = PolicyMatch.yes
        for (pattern, part) in zip(patterns, parts) {
            worst = min(worst, pattern.match(Array(part), value: variable))
        }
        return worst
    }
}
