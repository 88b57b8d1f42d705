/// What is asked of a new access key; what is nil is chosen.
package struct KeyRequest: Equatable, Sendable {
    /// The user's name, as ARNs have it.
    package var name: String?
    /// The name shown to people.
    package var displayName: String?
    /// The canonical id of the user, or any text that one is made of.
    package var userID: String?
    /// The access key.
    package var accessKey: String?
    /// Its secret.
    package var secretKey: String?
    /// The text of its policy; an empty one for none.
    package var policy: String?

    /// A request that leaves everything to be chosen.
    package init() {}
}
