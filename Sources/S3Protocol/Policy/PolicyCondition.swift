/// One condition of a statement: a key of the request, an operator, and the values that it is compared with.
struct PolicyCondition: Equatable, Sendable {
    /// How it compares.
    let comparing: PolicyOperator
    /// The key in lower case.
    let key: String
    /// The key as the policy has it.
    let keyName: String
    /// The values of the policy, one at least.
    let operands: [PolicyOperand]

    /// How the condition is called in reasons.
    var name: String { "\(comparing.name) on \(PolicyText.printable(keyName))" }

    /// Whether the condition holds for the request in a statement of this effect.
    func holds(for request: PolicyRequest, effect: PolicyStatement.Effect) -> Bool {
        let values = request.values(key)
        if comparing.comparison == .null { return operands.contains(.bool(values == nil)) }
        guard let values else { return holdsWithoutKey }
        let holds: (String) -> Bool = { value in
            match(value, request).holds(isNegated: comparing.isNegated, effect: effect)
        }
        switch comparing.quantifier {
        case .any: return values.contains(where: holds)
        case .all: return values.allSatisfy(holds)
        // Of several values one must match; with a negated operator, none may.
        case nil: return comparing.isNegated ? values.allSatisfy(holds) : values.contains(where: holds)
        }
    }

    /// AWS, "IAM JSON policy elements: condition operators": what does not exist equals nothing, and all of nothing is so.
    private var holdsWithoutKey: Bool {
        switch comparing.quantifier {
        case .all: true
        case .any: comparing.ifExists
        case nil: comparing.ifExists || comparing.isNegated
        }
    }

    private func match(_ value: String, _ request: PolicyRequest) -> PolicyMatch {
        let value = PolicyOperand.Value(value, for: comparing.comparison)
        return operands.bestMatch { $0.match(value, comparing.comparison, variable: request.variable) }
    }
}

/// Reads the element `Condition` of a statement.
struct PolicyConditionReader {
    /// Whether `${…}` is a variable.
    let hasVariables: Bool
    /// What the policy is attached to.
    let holder: PolicyHolder

    /// The conditions that `value` holds, in order.
    ///
    /// - Throws: `MalformedPolicy`.
    func read(_ value: JSONValue) throws(S3Error) -> [PolicyCondition] {
        guard case .object(let members) = value else { throw .invalidPolicySyntax("Condition must be an object") }
        var conditions: [PolicyCondition] = []
        var seen: Set<String> = []
        for member in members {
            guard let comparing = PolicyOperator(member.name) else {
                throw .invalidPolicyConditionOperator(member.name)
            }
            guard seen.insert(member.name).inserted else {
                throw .invalidPolicySyntax("Condition has \(member.name) twice")
            }
            conditions += try read(member.value, comparing)
        }
        return conditions
    }

    private func read(_ value: JSONValue, _ comparing: PolicyOperator) throws(S3Error) -> [PolicyCondition] {
        // Without a key it would hold always, which nobody means who writes a condition.
        guard case .object(let members) = value, !members.isEmpty else {
            throw .invalidPolicySyntax("\(comparing.name) must be an object with a condition key")
        }
        var conditions: [PolicyCondition] = []
        var seen: Set<String> = []
        for member in members {
            let key = ByteText.lowercasedASCII(member.name)
            guard PolicyConditionKey.isKnown(key, holder: holder) else {
                throw .invalidPolicyConditionKey(member.name)
            }
            guard seen.insert(key).inserted else {
                throw .invalidPolicySyntax("\(comparing.name) has \(PolicyText.printable(member.name)) twice")
            }
            conditions.append(
                PolicyCondition(
                    comparing: comparing,
                    key: key,
                    keyName: member.name,
                    operands: try operands(member.value, comparing)
                )
            )
        }
        return conditions
    }

    private func operands(_ value: JSONValue, _ comparing: PolicyOperator) throws(S3Error) -> [PolicyOperand] {
        let values = if case .array(let elements) = value { elements } else { [value] }
        guard !values.isEmpty else { throw .invalidPolicySyntax("\(comparing.name) has a key without values") }
        var operands: [PolicyOperand] = []
        for value in values {
            guard let text = Self.text(value),
                let operand = PolicyOperand(text, for: comparing.comparison, variables: hasVariables)
            else {
                let shown = PolicyText.printable(value.compactText)
                throw .invalidPolicySyntax("\(shown) is no value for \(comparing.name)")
            }
            operands.append(operand)
        }
        return operands
    }

    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text), .number(let text): text
        case .bool(let value): value ? "true" : "false"
        default: nil
        }
    }
}
