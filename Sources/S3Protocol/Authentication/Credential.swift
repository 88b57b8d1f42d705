/// The `Credential` of a SigV4 signature: an access key and the scope of the signing key.
package struct Credential: Hashable, Sendable {
    /// The access key id; it may contain `/`.
    package let accessKeyID: String
    /// The scope that follows it.
    package let scope: CredentialScope

    /// A credential of these parts.
    package init(accessKeyID: String, scope: CredentialScope) {
        self.accessKeyID = accessKeyID
        self.scope = scope
    }

    /// `AKID/20130524/us-east-1/s3/aws4_request`.
    package var text: String { accessKeyID + "/" + scope.text }

    /// Reads a credential; the scope is its last four parts.
    ///
    /// - Throws: The first fault in S3's order: form, terminal, service, date.
    package init(parsing text: some StringProtocol) throws(CredentialFault) {
        let parts = Array(text.utf8).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count >= 5 else { throw .malformed }
        let scope = Array(parts.suffix(4))
        accessKeyID = parts.count == 5 ? parts[0] : parts.dropLast(4).joined(separator: "/")
        guard !accessKeyID.isEmpty, !scope[1].isEmpty else { throw .malformed }
        guard ByteText.equal(scope[3], CredentialScope.terminal) else { throw .terminal(scope[3]) }
        guard ByteText.equal(scope[2], "s3") else { throw .service(scope[2]) }
        guard Timestamp(scopeDate: scope[0]) != nil else { throw .date(scope[0]) }
        self.scope = CredentialScope(date: scope[0], region: scope[1], service: scope[2])
    }
}

/// Why a credential was refused; the header, query and form surfaces wrap its text each in their own error.
package enum CredentialFault: Error, Equatable, Sendable {
    /// Fewer than five parts, or an empty access key or region.
    case malformed
    /// The last part is not `aws4_request`.
    case terminal(String)
    /// The service is not `s3`.
    case service(String)
    /// The date is not `yyyyMMdd`.
    case date(String)
    /// The region is not the one that this endpoint enforces.
    case region(String, expected: String)

    /// The fault in S3's words, without a prefix.
    package var text: String {
        switch self {
        case .malformed: #"the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request"."#
        case .terminal(let found): #"incorrect terminal "\#(found)". This endpoint uses "aws4_request"."#
        case .service(let found): #"incorrect service "\#(found)". This endpoint belongs to "s3"."#
        case .date(let found):
            #"incorrect date format "\#(found)". This date in the credential must be in the format "yyyyMMdd"."#
        case .region(let found, let expected): "the region '\(found)' is wrong; expecting '\(expected)'"
        }
    }

    /// The fault as an `Authorization` header or a presigned URL answers it, with the region to sign for.
    func error(in form: SigV4Request.Form) -> S3Error {
        var error: S3Error =
            switch form {
            case .header: .authorizationHeaderMalformed(text)
            case .query: .authorizationQueryParameters("Error parsing the X-Amz-Credential parameter; \(text)")
            }
        if case .region(_, let expected) = self {
            error.details.append(S3Error.Field("Region", expected))
            error.headers.append(S3Error.Field("x-amz-bucket-region", expected))
        }
        return error
    }
}
