/// Who makes a request, as policies name callers.
package enum PolicyPrincipal: Equatable, Sendable {
    /// Somebody who did not sign.
    case anonymous
    /// A user of an account, or its root.
    case user(User)

    /// A user by all the names that a policy can use.
    package struct User: Equatable, Sendable {
        /// The canonical user id: 64 hexadecimal digits.
        package let canonicalID: String
        /// The account: 12 digits.
        package let accountID: String
        /// `arn:aws:iam::ACCOUNT:user/NAME`, or `arn:aws:iam::ACCOUNT:root`.
        package let arn: String
        /// The value of `${aws:username}`; the root has none.
        package let name: String?
        /// The value of `${aws:userid}`.
        package let userID: String

        /// A user of these names.
        package init(canonicalID: String, accountID: String, arn: String, name: String?, userID: String) {
            self.canonicalID = canonicalID
            self.accountID = accountID
            self.arn = arn
            self.name = name
            self.userID = userID
        }

        /// Whether this is the root of the account.
        package var isRoot: Bool { ByteText.equal(arn, "arn:aws:iam::\(accountID):root") }
    }
}

extension PolicyPrincipal {
    /// The user id of who does not sign.
    static let anonymousUserID = "anonymous"

    /// What a condition key in lower case says of the caller, or nil when it is about something else.
    ///
    /// Source: AWS, "IAM policy elements: variables", the table of principal key values.
    func values(_ key: String) -> [String]?? {
        switch key {
        case "aws:username": .some(user?.name.map { [$0] })
        case "aws:userid": [user?.userID ?? Self.anonymousUserID]
        case "aws:principalarn": .some(user.map { [$0.arn] })
        case "aws:principalaccount": .some(user.map { [$0.accountID] })
        case "aws:principaltype": [user.map { $0.isRoot ? "Account" : "User" } ?? "Anonymous"]
        default: .none
        }
    }

    private var user: User? {
        if case .user(let user) = self { user } else { nil }
    }
}
