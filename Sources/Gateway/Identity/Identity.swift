/// Who a request is from; a value from the first day, so that users and policies find their place.
package struct Identity: Sendable, Equatable {
    /// What kind of caller this is.
    package enum Kind: Sendable, Equatable {
        /// Nobody proved to be anybody.
        case anonymous
        /// The holder of the root key: everything is allowed.
        case root
        /// Larder itself, by the internal key that signs its URLs and upload forms: may read objects and put them by a
        /// form, nothing else.
        case signer
    }

    /// What kind of caller this is.
    package let kind: Kind
    /// The access key that signed, nil when anonymous.
    package let accessKeyID: String?
    /// The canonical user id: 64 hexadecimal digits.
    package let userID: String
    /// The name shown as `DisplayName`.
    package let displayName: String

    /// The caller without a signature.
    package static let anonymous = Identity(
        kind: .anonymous,
        accessKeyID: nil,
        userID: "65a011a29cdf8ec533ec3d1ccaae921c",
        displayName: "anonymous"
    )

    /// An identity of these parts.
    package init(kind: Kind, accessKeyID: String?, userID: String, displayName: String) {
        self.kind = kind
        self.accessKeyID = accessKeyID
        self.userID = userID
        self.displayName = displayName
    }
}
