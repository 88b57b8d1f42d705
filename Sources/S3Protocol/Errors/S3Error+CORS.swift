/// Refusals of a CORS configuration; those of preflights stand in `S3Error+Access.swift`.
extension S3Error {
    /// A rule allows a method that CORS rules do not know.
    package static func unsupportedCORSMethod(_ method: String) -> S3Error {
        invalidRequest("Found unsupported HTTP method in CORS config. Unsupported method is \(method)")
    }

    /// An origin or header has more than one `*`.
    package static func severalCORSWildcards(in element: String, _ value: String) -> S3Error {
        invalidRequest("\(element) \"\(value)\" can not have more than one wildcard.")
    }

    /// A header's name has a character that no header's name has.
    package static func invalidCORSCharacter(in element: String, _ value: String) -> S3Error {
        invalidRequest("\(element) \"\(value)\" contains invalid character.")
    }

    /// A header to be exposed has a `*`, which S3 does not take there.
    package static func wildcardInExposeHeader(_ value: String) -> S3Error {
        invalidRequest(
            "ExposeHeader \"\(value)\" contains wildcard. We currently do not support wildcard for ExposeHeader."
        )
    }

    /// There are more rules than S3 allows.
    package static func tooManyCORSRules(limit: Int) -> S3Error {
        invalidRequest("The number of CORS rules should not exceed allowed limit of \(limit) rules.")
    }
}
