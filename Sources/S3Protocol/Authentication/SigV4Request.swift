/// A request that claims a SigV4 signature: its parts, read but not verified.
///
/// The caller validates it against the clock and the policy, looks up the secret, then verifies; in this order, since
/// S3 answers faults in this order.
package struct SigV4Request: Sendable {
    /// Where the signature stands.
    package enum Form: Sendable, Equatable {
        /// In the `Authorization` header.
        case header
        /// In the query; with the text of `X-Amz-Expires`.
        case query(expires: String)
    }

    /// The request as received.
    package let head: RequestHead
    /// Where the signature stands.
    package let form: Form
    /// Access key and scope.
    package let credential: Credential
    /// The headers that the client says it signed.
    package let signedHeaders: SignedHeaderNames
    /// The signature as sent.
    package let signature: String

    /// Reads the part of an `Authorization` header after the algorithm.
    ///
    /// - Throws: `AuthorizationHeaderMalformed`.
    init(authorization: String, head: RequestHead) throws(S3Error) {
        let components = try AuthorizationComponents(authorization)
        do {
            credential = try Credential(parsing: components.credential)
        } catch {
            throw error.error(in: .header)
        }
        self.head = head
        form = .header
        signedHeaders = SignedHeaderNames(components.signedHeaders)
        signature = components.signature
    }

    /// Reads the parameters of a presigned URL.
    ///
    /// - Throws: `AuthorizationQueryParametersError`.
    init(presigned head: RequestHead) throws(S3Error) {
        let target = head.target
        guard let algorithm = target["X-Amz-Algorithm"], let credentialText = target["X-Amz-Credential"],
            let signature = target["X-Amz-Signature"], let date = target["X-Amz-Date"],
            let signedHeaders = target["X-Amz-SignedHeaders"], let expires = target["X-Amz-Expires"]
        else { throw .authorizationQueryParameters(Self.missingParameters) }
        guard ByteText.equal(algorithm, StringToSign.algorithm) else {
            throw .authorizationQueryParameters(
                #"X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256""#
            )
        }
        guard Timestamp(basicISO8601: date) != nil else {
            throw .authorizationQueryParameters(
                #"X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'""#
            )
        }
        form = .query(expires: expires)
        do {
            credential = try Credential(parsing: credentialText)
        } catch {
            throw error.error(in: form)
        }
        self.head = head
        self.signedHeaders = SignedHeaderNames(signedHeaders)
        self.signature = signature
    }

    /// The session token that came along, in the query or as a header.
    package var securityToken: String? {
        switch form {
        case .header: head.headers["x-amz-security-token"]
        case .query: head.target["X-Amz-Security-Token"] ?? head.headers["x-amz-security-token"]
        }
    }

    private static let missingParameters =
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
        + "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
}

/// The three components of an `Authorization` header, in any order, blanks after the commas or not.
private struct AuthorizationComponents {
    var credential = ""
    var signedHeaders = ""
    var signature = ""

    init(_ text: String) throws(S3Error) {
        let bytes = Array(text.utf8)
        let comma = UInt8(ascii: ",")
        guard let first = bytes.firstIndex(of: comma), let second = bytes[(first + 1)...].firstIndex(of: comma),
            !bytes[(second + 1)...].contains(comma)
        else {
            throw .authorizationHeaderMalformed(
                "the authorization header requires three components: Credential, SignedHeaders, and Signature."
            )
        }
        try read(bytes[..<first])
        try read(bytes[(first + 1)..<second])
        try read(bytes[(second + 1)...])
        if credential.isEmpty { throw .authorizationHeaderMalformed("missing Credential.") }
        if signedHeaders.isEmpty { throw .authorizationHeaderMalformed("missing SignedHeaders.") }
        if signature.isEmpty { throw .authorizationHeaderMalformed("missing Signature.") }
    }

    private mutating func read(_ piece: ArraySlice<UInt8>) throws(S3Error) {
        let component = ByteText.trimmed(piece)
        guard let mark = component.firstIndex(of: UInt8(ascii: "=")) else {
            let text = String(decoding: component, as: UTF8.self)
            throw .authorizationHeaderMalformed("the authorization component \"\(text)\" is malformed.")
        }
        let name = component[..<mark]
        let value = component[(mark + 1)...]
        if name.elementsEqual(Self.credentialName) {
            credential = String(decoding: value, as: UTF8.self)
        } else if name.elementsEqual(Self.signedHeadersName) {
            signedHeaders = String(decoding: value, as: UTF8.self)
        } else if name.elementsEqual(Self.signatureName) {
            signature = String(decoding: value, as: UTF8.self)
        }
    }

    private static let credentialName = Array("Credential".utf8)
    private static let signedHeadersName = Array("SignedHeaders".utf8)
    private static let signatureName = Array("Signature".utf8)
}
