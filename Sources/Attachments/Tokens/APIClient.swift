/// Who calls the JSON API: a token that was recognised, and what the client says of itself.
package struct APIClient: Equatable, Sendable {
    /// The token's id; records belong to it.
    package let tokenID: Int64
    /// The token's name, for logs.
    package let name: String
    /// The team, app and installation that the client named; recorded, never trusted.
    package var context: ClientContext

    /// A client with this token.
    package init(tokenID: Int64, name: String, context: ClientContext = ClientContext()) {
        self.tokenID = tokenID
        self.name = name
        self.context = context
    }
}
