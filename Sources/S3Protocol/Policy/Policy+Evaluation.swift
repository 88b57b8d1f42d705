extension Policy {
    /// What the policy says to the request: a statement that denies wins over all that allow.
    ///
    /// Costs at most the length of the policy times that of the texts that it is compared with.
    package func evaluate(_ request: PolicyRequest) -> PolicyDecision {
        let action = PolicyText.printable(request.action)
        var allowing: PolicyStatement?
        var nearest: (statement: PolicyStatement, mismatch: PolicyStatement.Mismatch)?
        for statement in statements {
            switch (statement.effect, statement.mismatch(request)) {
            case (.deny, nil): return .deny("\(statement.name) denies \(action)")
            case (.deny, _): break
            case (.allow, nil): allowing = allowing ?? statement
            case (.allow, let mismatch?):
                guard mismatch.nearness > nearest?.mismatch.nearness ?? -1 else { break }
                nearest = (statement, mismatch)
            }
        }
        if let allowing { return .allow("\(allowing.name) allows \(action)") }
        guard let nearest else { return .none("no statement allows anything") }
        return .none("no statement allows \(action); the nearest, \(nearest.statement.name), \(nearest.mismatch.text)")
    }

    /// The condition keys that the policy looks at, in lower case, those of its variables included.
    package var conditionKeys: Set<String> {
        var keys: Set<String> = []
        for statement in statements {
            keys.formUnion(statement.resources.patterns.flatMap(\.variables))
            for condition in statement.conditions {
                keys.insert(condition.key)
                keys.formUnion(condition.operands.flatMap(\.variables))
            }
        }
        return keys
    }
}
