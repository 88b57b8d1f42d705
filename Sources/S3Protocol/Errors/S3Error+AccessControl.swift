extension S3Error {
    /// The document of a list is not of the form that S3 asks for.
    package static func malformedACL(_ reason: String? = nil) -> S3Error {
        S3Error(
            "MalformedACLError",
            status: 400,
            "The XML you provided was not well-formed or did not validate against our published schema",
            reason: reason
        )
    }

    /// Headers with a canned list and headers with grants came together.
    package static var cannedACLBesideGrants: S3Error {
        invalidRequest("Specifying both Canned ACLs and Header Grants is not allowed")
    }

    /// A header with grants is not of the form `id="…", uri="…"`.
    package static func unrecognizedGrant(_ value: String, header: String) -> S3Error {
        invalidArgument("Argument format not recognized", name: header, value: value)
    }

    /// There is no user of this canonical id.
    package static func invalidGranteeID(_ id: String, argument: String) -> S3Error {
        invalidArgument("Invalid id", name: argument, value: id)
    }

    /// There is no group of this address.
    package static func invalidGranteeGroup(_ uri: String, argument: String) -> S3Error {
        invalidArgument("Invalid group uri", name: argument, value: uri)
    }

    /// Users have no addresses here, so none can be found by one.
    package static var unresolvableGrantByEmailAddress: S3Error {
        S3Error(
            "UnresolvableGrantByEmailAddress",
            status: 400,
            "The e-mail address you provided does not match any account on record."
        )
    }
}
