/// How a request proves who sent it, as far as its head tells; a signed form is in the body and the caller's to find.
package enum AuthenticationScheme: Sendable {
    /// No proof.
    case anonymous
    /// SigV4 in the `Authorization` header.
    case v4Header(SigV4Request)
    /// A URL presigned with SigV4.
    case v4Query(SigV4Request)
    /// SigV2 in the `Authorization` header.
    case v2Header(SigV2Request)
    /// A URL presigned with SigV2.
    case v2Query(SigV2Request)

    /// The access key that is claimed, nil when anonymous.
    package var accessKeyID: String? {
        switch self {
        case .anonymous: nil
        case .v4Header(let request), .v4Query(let request): request.credential.accessKeyID
        case .v2Header(let request), .v2Query(let request): request.accessKeyID
        }
    }

    /// Finds the mechanism and reads its parts; nothing is verified and no policy applied yet.
    ///
    /// An `Authorization` of a scheme that is not AWS's is ignored beside a signed query: HTTP clients keep such a
    /// header when they follow a redirect to a presigned URL.
    ///
    /// - Throws: The errors of form, in S3's order; two mechanisms at once are refused.
    package static func detect(_ head: RequestHead) throws(S3Error) -> AuthenticationScheme {
        let query = QueryMark(head.target)
        let headers = head.headers.values("Authorization").map { ByteText.trimmed($0) }
        guard let header = headers.first else { return try query.parse(head) }
        if query != .none {
            guard !headers.contains(where: isOfAWS) else { throw .onlyOneAuthorization(header: header) }
            return try query.parse(head)
        }
        guard headers.count == 1 else { throw .onlyOneAuthorization(header: headers.joined(separator: ", ")) }
        return try parse(header, head)
    }

    private static func isOfAWS(_ header: String) -> Bool {
        ByteText.hasPrefix(header, "AWS4-") || ByteText.hasPrefix(header, "AWS ")
    }

    private static func parse(_ header: String, _ head: RequestHead) throws(S3Error) -> AuthenticationScheme {
        guard let blank = header.utf8.firstIndex(of: UInt8(ascii: " ")), blank > header.startIndex else {
            let message = "Authorization header is invalid -- one and only one ' ' (space) required."
            throw .unsupportedAuthorization(message, header: header)
        }
        let scheme = String(header[..<blank])
        let rest = String(header[header.utf8.index(after: blank)...])
        if ByteText.equal(scheme, StringToSign.algorithm) {
            return .v4Header(try SigV4Request(authorization: rest, head: head))
        }
        if ByteText.equal(scheme, "AWS") {
            return .v2Header(try SigV2Request(authorization: rest, header: header, head: head))
        }
        throw .unsupportedAuthorization("Unsupported Authorization Type", header: header)
    }

    /// Which signed query a target carries.
    private enum QueryMark {
        case none
        case version4
        case version2

        init(_ target: RequestTarget) {
            guard !target.parameters.isEmpty else {
                self = .none
                return
            }
            if ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"].contains(where: target.has) {
                self = .version4
            } else {
                self = ["AWSAccessKeyId", "Signature"].contains(where: target.has) ? .version2 : .none
            }
        }

        func parse(_ head: RequestHead) throws(S3Error) -> AuthenticationScheme {
            switch self {
            case .none: .anonymous
            case .version4: .v4Query(try SigV4Request(presigned: head))
            case .version2: .v2Query(try SigV2Request(presigned: head))
            }
        }
    }
}
