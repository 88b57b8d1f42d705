/// The key that a SigV4 signature is made with, derived from a secret for one scope.
///
/// Source: AWS, "Signature calculations: authenticating requests", `SigningKey`.
package struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
    private let key: SymmetricKey
    /// The HMAC of nothing with this key: most of an HMAC of a short text is its beginning.
    private let begun: HMAC<SHA256>

    /// Derives the key; costs four HMACs, so callers with many requests keep it in a `SigningKeyCache`.
    package init(secret: SigningSecret, scope: CredentialScope) {
        let steps = [scope.date, scope.region, scope.service, CredentialScope.terminal]
        let key = steps.reduce(SymmetricKey(data: Array("AWS4".utf8) + secret.bytes)) { key, step in
            SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(step.utf8), using: key))
        }
        self.key = key
        begun = HMAC<SHA256>(key: key)
    }

    /// The signature of `stringToSign` as 64 lower-case hexadecimal digits.
    package func signature(of stringToSign: some Sequence<UInt8>) -> String {
        signature(of: Array(stringToSign))
    }

    /// The signature of `stringToSign` as 64 lower-case hexadecimal digits.
    package func signature(of stringToSign: [UInt8]) -> String {
        var code = begun
        code.update(data: stringToSign)
        return code.finalize().withUnsafeBytes { Hex.encode($0) }
    }

    /// The key's bytes in hexadecimal, to hold against published vectors.
    package var hexadecimal: String { key.withUnsafeBytes { Hex.encode($0) } }

    /// A placeholder.
    package var description: String { "<signing key>" }

    /// Nothing.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
