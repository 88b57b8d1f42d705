extension S3Error {
    /// The account may not use the service.
    package static var accountProblem: S3Error {
        S3Error(
            "AccountProblem",
            status: 403,
            "There is a problem with your account that prevents the action from completing successfully."
        )
    }

    /// The request brings credentials to an operation that takes none.
    package static var credentialsNotSupported: S3Error {
        S3Error("CredentialsNotSupported", status: 400, "This request does not support credentials.")
    }

    /// The credentials are known but not valid, as those of an access key that was switched off.
    package static var invalidSecurity: S3Error {
        S3Error("InvalidSecurity", status: 403, "The provided security credentials are not valid.")
    }

    /// The request is signed in a way that the service does not do.
    package static var unsupportedSignature: S3Error {
        S3Error(
            "UnsupportedSignature",
            status: 400,
            """
            The provided request is signed with an unsupported STS Token version or the signature version is not \
            supported.
            """
        )
    }
}
