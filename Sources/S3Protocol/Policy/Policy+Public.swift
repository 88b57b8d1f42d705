extension Policy {
    /// Whether the policy allows something to everybody, as GetBucketPolicyStatus and the public access block mean it.
    ///
    /// It does when a statement allows it to `*` and no condition limits that to fixed values of who or where the caller
    /// is. Statements that deny count for nothing. Source: AWS, "Blocking public access", "The meaning of public".
    package var isPublic: Bool {
        statements.contains { statement in
            statement.effect == .allow && statement.principals?.entries.contains(.everybody) == true
                && !statement.conditions.contains(where: \.limitsCallers)
        }
    }
}

extension PolicyCondition {
    private static let keysOfCallers: Set<String> = [
        "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:sourceaccount", "aws:sourcearn",
        "aws:sourceip", "aws:sourceorgid", "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpce", "aws:userid",
        "s3:dataaccesspointaccount", "s3:dataaccesspointarn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    ]

    private static let anonymous = Array(PolicyPrincipal.anonymousUserID.utf8)

    /// Whether only callers that the policy names one by one, or by a range of addresses, can meet the condition.
    var limitsCallers: Bool {
        guard Self.keysOfCallers.contains(key), !comparing.isNegated, !comparing.ifExists,
            comparing.quantifier != .all
        else { return false }
        return operands.allSatisfy { operand in
            switch operand {
            // Nobody in particular has the user id of those who do not sign.
            case .text(let pattern), .foldedText(let pattern): pattern.isFixed && !pattern.matches(Self.anonymous)
            case .arn(let parts): isFixed(parts)
            case .addresses(let range): ByteText.equal(key, "aws:sourceip") && !range.isBroad
            default: false
            }
        }
    }

    private func isFixed(_ arn: [PolicyPattern]) -> Bool {
        // Of an access point AWS wants no more than the account.
        ByteText.equal(key, "s3:dataaccesspointarn") ? arn[4].isFixed : arn.allSatisfy(\.isFixed)
    }
}
