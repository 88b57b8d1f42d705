/// Refusals that only the form upload knows. Source: AWS "POST Object"; texts as on the wire, spelling included.
extension S3Error {
    /// The body is not multipart/form-data at all.
    package static var postNotMultipart: S3Error {
        .preconditionFailed(condition: "Bucket POST must be of the enclosure-type multipart/form-data")
    }

    /// The body breaks the rules of multipart/form-data.
    package static func malformedPOSTRequest(_ reason: String) -> S3Error {
        S3Error(
            "MalformedPOSTRequest",
            status: 400,
            "The body of your POST request is not well-formed multipart/form-data.",
            reason: reason
        )
    }

    /// There are more than 20 KiB before the file, or the file part is not named `file`.
    package static var maxPostPreDataLengthExceeded: S3Error {
        S3Error(
            "MaxPostPreDataLengthExceeded",
            status: 400,
            "Your POST request fields preceeding the upload file was too large.",
            details: [Field("MaxPostPreDataLengthBytes", "\(MultipartFormParser.maximumPreFileLength)")],
            reason: "everything before the part named 'file' counts; is the file's part named so?"
        )
    }

    /// A field that the form needs is missing; `name` is spelt as S3 spells it there.
    package static func missingPostField(_ name: String) -> S3Error {
        .invalidArgument(
            "Bucket POST must contain a field named '\(name)'.  "
                + "If it is specified, please check the order of the fields.",
            name: name,
            value: ""
        )
    }

    /// A field of the authentication is there more than once.
    package static func repeatedPostField(_ name: String) -> S3Error {
        .invalidArgument("Bucket POST must contain only one field named '\(name)'.", name: name, value: "")
    }

    /// The form has no part named `file`.
    package static var postWithoutFile: S3Error {
        .invalidArgument("POST requires exactly one file upload per request.", name: "file", value: "0")
    }

    /// The policy cannot be read; `text` says why, in S3's words.
    package static func invalidPolicyDocument(_ text: String) -> S3Error {
        S3Error("InvalidPolicyDocument", status: 400, "Invalid Policy: \(text)")
    }

    /// The policy forbids this form; `text` says which rule, in S3's words.
    package static func invalidAccordingToPolicy(_ text: String) -> S3Error {
        .accessDenied("Invalid according to Policy: \(text)")
    }
}
