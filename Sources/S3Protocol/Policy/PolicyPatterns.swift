/// The list of an element `Action` or `Resource`, or of its negation.
struct PolicyPatterns: Equatable, Sendable {
    /// The patterns, of which one has to match.
    let patterns: [PolicyPattern]
    /// Whether the element is `NotAction` or `NotResource`: then none may match.
    let isNegated: Bool

    /// Whether the element holds for `text` in a statement of this effect.
    func holds(for text: [UInt8], in request: PolicyRequest, effect: PolicyStatement.Effect) -> Bool {
        patterns.bestMatch { $0.match(text, value: request.variable) }.holds(isNegated: isNegated, effect: effect)
    }
}
