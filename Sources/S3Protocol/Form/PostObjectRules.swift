/// What this endpoint allows a form upload to do; the parts of the evaluation that are configuration.
package struct PostObjectRules: Sendable {
    /// The region that a SigV4 credential must name, or nil for any.
    package var enforcedRegion: String?
    /// Whether forms may be signed by SigV2.
    package var allowsVersion2: Bool
    /// Whether the storage is declared to be encrypted, so that `AES256` may be asked for.
    package var encryptionDeclared: Bool

    /// Rules of these values.
    package init(enforcedRegion: String? = nil, allowsVersion2: Bool = true, encryptionDeclared: Bool = false) {
        self.enforcedRegion = enforcedRegion
        self.allowsVersion2 = allowsVersion2
        self.encryptionDeclared = encryptionDeclared
    }
}
