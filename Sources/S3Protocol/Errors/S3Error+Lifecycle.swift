extension S3Error {
    /// A rule's id is longer than 255 characters.
    package static func lifecycleIDTooLong(_ id: String) -> S3Error {
        invalidArgument("ID length should not exceed allowed limit of 255", name: "ID", value: id)
    }

    /// Two rules have the same id.
    package static func repeatedLifecycleID(_ id: String) -> S3Error {
        invalidArgument(
            "Rule ID must be unique. Found same ID for more than one rule",
            name: "ID",
            value: id
        )
    }

    /// A number of an action is below its minimum: one, or zero for some.
    package static func lifecycleNumberNotPositive(
        _ name: String,
        of action: String,
        value: Int,
        orZero: Bool = false
    ) -> S3Error {
        let kind = orZero ? "nonnegative" : "positive"
        return invalidArgument(
            "'\(name)' for \(action) action must be a \(kind) integer",
            name: name,
            value: "\(value)"
        )
    }

    /// A date that is not midnight.
    package static func lifecycleDateNotMidnight(_ value: String) -> S3Error {
        invalidArgument("'Date' must be at midnight GMT", name: "Date", value: value)
    }

    /// A rule does nothing.
    package static func lifecycleRuleWithoutAction(_ id: String) -> S3Error {
        invalidRequest("At least one action needs to be specified in a rule").because("rule \(id) has no action")
    }

    /// An action about things without tags stands beside a filter for tags.
    package static func lifecycleActionWithTags(_ action: String) -> S3Error {
        invalidRequest("\(action) cannot be specified with Tags.")
    }

    /// An action about things without a size stands beside a filter for sizes.
    package static func lifecycleActionWithSize(_ action: String) -> S3Error {
        invalidRequest("\(action) cannot be specified with Object Size.")
    }

    /// A filter names a tag twice.
    package static var repeatedLifecycleTag: S3Error {
        invalidRequest("Duplicate Tag Keys are not allowed.")
    }

    /// No size is both above the lower and below the upper bound of a filter.
    package static var lifecycleSizesCross: S3Error {
        invalidRequest("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.")
    }

    /// The header about the smallest size for transitions has an unknown value.
    package static func invalidTransitionMinimumSize(_ value: String) -> S3Error {
        invalidRequest("Invalid TransitionDefaultMinimumObjectSize found: \(value)")
    }
}
