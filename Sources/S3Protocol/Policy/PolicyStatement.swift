/// One statement of a policy.
struct PolicyStatement: Equatable, Sendable {
    /// What follows when the statement is about a request.
    enum Effect: String, Sendable {
        case allow = "Allow"
        case deny = "Deny"
    }

    /// Why a statement is not about a request; a later case means that the statement came nearer.
    enum Mismatch: Equatable, Sendable {
        case principal
        case action
        case resource
        case condition(PolicyCondition)
    }

    /// Its place in the policy, from 1.
    let number: Int
    /// Its own name.
    let sid: String?
    /// What it does.
    let effect: Effect
    /// Whom it is for; nil in the policy of a user.
    let principals: PolicyPrincipals?
    /// What is done, in lower case.
    let actions: PolicyPatterns
    /// The ARNs with which it is done.
    let resources: PolicyPatterns
    /// All that has to hold.
    let conditions: [PolicyCondition]

    /// Why the statement is not about the request, or nil when it is.
    func mismatch(_ request: PolicyRequest) -> Mismatch? {
        if let principals,
            !principals.holds(for: request.principal, effect: effect, ownerAccount: request.ownerAccount)
        {
            return .principal
        }
        guard actions.holds(for: request.actionBytes, in: request, effect: effect) else { return .action }
        guard resources.holds(for: request.resourceBytes, in: request, effect: effect) else { return .resource }
        return conditions.first { !$0.holds(for: request, effect: effect) }.map(Mismatch.condition)
    }

    /// How the statement is called in reasons.
    var name: String {
        let sid = sid.flatMap { $0.isEmpty ? nil : " \"\(PolicyText.printable($0))\"" } ?? ""
        return "statement \(number)\(sid)"
    }
}

extension PolicyStatement.Mismatch {
    /// How near the statement came.
    var nearness: Int {
        switch self {
        case .principal: 0
        case .action: 1
        case .resource: 2
        case .condition: 3
        }
    }

    /// What is said of the statement.
    var text: String {
        switch self {
        case .principal: "is for other principals"
        case .action: "names other actions"
        case .resource: "names other resources"
        case .condition(let condition): "has a condition that does not hold: \(condition.name)"
        }
    }
}
