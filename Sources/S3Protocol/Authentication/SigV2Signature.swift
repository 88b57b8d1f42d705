/// A signature of version 2: HMAC-SHA1 of a text, in Base64.
///
/// Source: AWS, "Signing and authenticating REST requests (signature version 2)".
package struct SigV2Signature: Sendable {
    /// The signature as it stands in headers, queries and forms.
    package let base64: String

    /// Signs `text`: a string to sign, or a form policy's Base64 text.
    package init(secret: SigningSecret, text: some Sequence<UInt8>) {
        let key = SymmetricKey(data: secret.bytes)
        base64 = Base64.encode(Array(HMAC<Insecure.SHA1>.authenticationCode(for: Array(text), using: key)))
    }
}
