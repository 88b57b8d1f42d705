/// The `Credential` of a SigV4 signature: an access key and the scope of the signing key.
package struct Credential: Hashable, Sendable {
    /// The access key id; it may contain `/`.
    package let accessKeyID: String
    /// The scope that follows it.
    package let scope: CredentialScope
    /// `AKID/20130524/us-east-1/s3/aws4_request`.
    package let text: String

    /// A credential of these parts.
    package init(accessKeyID: String, scope: CredentialScope) {
        self.accessKeyID = accessKeyID
        self.scope = scope
        text = accessKeyID + "/" + scope.text
    }

    /// Reads a credential; the scope is its last four parts.
    ///
    /// - Throws: The first fault in S3's order: form, terminal, service, date.
    package init(parsing text: some StringProtocol) throws(CredentialFault) {
        let bytes = Array(text.utf8)
        // Where the last four parts begin, the last one first.
        var starts: [Int] = []
        starts.reserveCapacity(4)
        var end = bytes.endIndex
        while starts.count < 4, let slash = bytes[..<end].lastIndex(of: UInt8(ascii: "/")) {
            starts.append(slash + 1)
            end = slash
        }
        guard starts.count == 4 else { throw .malformed }
        let part = { (first: Int, last: Int) in String(decoding: bytes[first..<last], as: UTF8.self) }
        let scope = [
            part(starts[3], starts[2] - 1), part(starts[2], starts[1] - 1), part(starts[1], starts[0] - 1),
            part(starts[0], bytes.endIndex),
        ]
        accessKeyID = part(0, starts[3] - 1)
        guard !accessKeyID.isEmpty, !scope[1].isEmpty else { throw .malformed }
        guard ByteText.equal(scope[3], CredentialScope.terminal) else { throw .terminal(scope[3]) }
        guard ByteText.equal(scope[2], "s3") else { throw .service(scope[2]) }
        guard Timestamp(scopeDate: scope[0]) != nil else { throw .date(scope[0]) }
        self.scope = CredentialScope(date: scope[0], region: scope[1], service: scope[2])
        self.text = String(text)
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
