/// How a condition compares: an operator of the language with what may stand before and behind its name.
struct PolicyOperator: Equatable, Sendable {
    /// What is compared, without its negation.
    enum Comparison: Equatable, Sendable {
        case text(ignoresCase: Bool)
        case like
        case number(Order)
        case date(Order)
        case bool
        case address
        case arn
        case bytes
        case null
    }

    /// How two numbers or dates must stand to each other.
    enum Order: Sendable {
        case equal
        case less
        case lessOrEqual
        case greater
        case greaterOrEqual

        /// Whether the request's value stands so to the policy's.
        func holds<Value: Comparable>(_ value: Value, _ wanted: Value) -> Bool {
            switch self {
            case .equal: value == wanted
            case .less: value < wanted
            case .lessOrEqual: value <= wanted
            case .greater: value > wanted
            case .greaterOrEqual: value >= wanted
            }
        }
    }

    /// How the values of a key that may have several are counted.
    enum Quantifier: String, CaseIterable, Sendable {
        case any = "ForAnyValue:"
        case all = "ForAllValues:"
    }

    /// The operator as the policy has it.
    let name: String
    /// What is compared.
    let comparison: Comparison
    /// Whether no value of the policy may match.
    let isNegated: Bool
    /// How several values are counted.
    let quantifier: Quantifier?
    /// Whether the condition holds for requests that do not have the key.
    let ifExists: Bool

    /// The operator of this name, or nil when there is none.
    init?(_ name: String) {
        var base = name[...]
        quantifier = Quantifier.allCases.first { ByteText.hasPrefix(name, $0.rawValue) }
        if let quantifier { base = base.dropFirst(quantifier.rawValue.count) }
        ifExists = base.hasSuffix("IfExists")
        if ifExists { base = base.dropLast("IfExists".count) }
        guard let (comparison, isNegated) = Self.table[String(base)] else { return nil }
        // Null itself asks whether the key exists.
        guard comparison != .null || quantifier == nil && !ifExists else { return nil }
        self.name = name
        self.comparison = comparison
        self.isNegated = isNegated
    }

    private static let table: [String: (Comparison, Bool)] = [
        "StringEquals": (.text(ignoresCase: false), false), "StringNotEquals": (.text(ignoresCase: false), true),
        "StringEqualsIgnoreCase": (.text(ignoresCase: true), false),
        "StringNotEqualsIgnoreCase": (.text(ignoresCase: true), true),
        "StringLike": (.like, false), "StringNotLike": (.like, true),
        "NumericEquals": (.number(.equal), false), "NumericNotEquals": (.number(.equal), true),
        "NumericLessThan": (.number(.less), false), "NumericLessThanEquals": (.number(.lessOrEqual), false),
        "NumericGreaterThan": (.number(.greater), false),
        "NumericGreaterThanEquals": (.number(.greaterOrEqual), false),
        "DateEquals": (.date(.equal), false), "DateNotEquals": (.date(.equal), true),
        "DateLessThan": (.date(.less), false), "DateLessThanEquals": (.date(.lessOrEqual), false),
        "DateGreaterThan": (.date(.greater), false), "DateGreaterThanEquals": (.date(.greaterOrEqual), false),
        "Bool": (.bool, false), "Null": (.null, false), "BinaryEquals": (.bytes, false),
        "IpAddress": (.address, false), "NotIpAddress": (.address, true),
        // AWS compares both pairs alike: with wildcards, each part of the ARN by itself.
        "ArnEquals": (.arn, false), "ArnNotEquals": (.arn, true), "ArnLike": (.arn, false), "ArnNotLike": (.arn, true),
    ]
}
