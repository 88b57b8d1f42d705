/// How a form says who sends it.
package enum PostAuthentication: Equatable, Sendable {
    /// By nothing: no field of a signature is there, and a lone policy is not read.
    case anonymous
    /// By SigV4, the region being the form's own.
    case version4(Credential)
    /// By SigV2.
    case version2(accessKeyID: String)

    /// The access key that the form claims.
    package var accessKeyID: String? {
        switch self {
        case .anonymous: nil
        case .version4(let credential): credential.accessKeyID
        case .version2(let accessKeyID): accessKeyID
        }
    }

    /// Finds the mode by the fields that are there, and checks that its fields are complete and well-formed.
    ///
    /// - Throws: `InvalidArgument` for the first field missing or malformed, `InvalidRequest` for SigV2 where refused.
    init(_ form: PostForm, rules: PostObjectRules) throws(S3Error) {
        if Self.version4Fields.contains(where: { form[$0] != nil }) {
            self = .version4(try Self.credential(form, rules: rules))
        } else if form["awsaccesskeyid"] != nil || form["signature"] != nil {
            guard rules.allowsVersion2 else { throw .signatureVersion2Refused() }
            try Self.demand(["Policy", "AWSAccessKeyId", "Signature"], in: form)
            self = .version2(accessKeyID: form["awsaccesskeyid"] ?? "")
        } else {
            self = .anonymous
        }
    }

    private static let version4Fields = ["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"]

    private static func demand(_ names: [String], in form: PostForm) throws(S3Error) {
        for name in names where form[ByteText.lowercasedASCII(name)] == nil { throw .missingPostField(name) }
    }

    private static func credential(_ form: PostForm, rules: PostObjectRules) throws(S3Error) -> Credential {
        try demand(["Policy", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Signature"], in: form)
        let algorithm = form["x-amz-algorithm"] ?? ""
        guard ByteText.equal(algorithm, "AWS4-HMAC-SHA256") else {
            throw .invalidArgument("Only AWS4-HMAC-SHA256 is supported", name: "X-Amz-Algorithm", value: algorithm)
        }
        let date = form["x-amz-date"] ?? ""
        guard Timestamp(basicISO8601: date) != nil else {
            throw .invalidArgument(
                "X-Amz-Date must be formated via ISO8601 Long format",
                name: "X-Amz-Date",
                value: date
            )
        }
        return try parse(form["x-amz-credential"] ?? "", region: rules.enforcedRegion)
    }

    private static func parse(_ text: String, region: String?) throws(S3Error) -> Credential {
        let credential: Credential
        do {
            credential = try Credential(parsing: text)
        } catch {
            throw .invalidArgument(error.text, name: "x-amz-credential", value: text)
        }
        if let region, !ByteText.equal(credential.scope.region, region) {
            throw .invalidArgument(
                "the region \"\(credential.scope.region)\" is wrong; expecting \"\(region)\"",
                name: "x-amz-credential",
                value: text
            )
        }
        return credential
    }
}
