extension S3Error {
    /// What stands behind this server cannot be talked to; S3 itself has no such error, SDKs retry by the status.
    package static func badGateway(_ reason: String) -> S3Error {
        S3Error("BadGateway", status: 502, "The remote storage service cannot be reached.", reason: reason)
    }

    /// What stands behind this server did not answer in time.
    package static func gatewayTimeout(_ reason: String) -> S3Error {
        S3Error("GatewayTimeout", status: 504, "The remote storage service did not answer in time.", reason: reason)
    }

    /// A refusal of a remote S3, in its words.
    package static func remote(
        _ code: String,
        status: Int,
        _ message: String,
        details: [Field] = [],
        headers: [Field] = []
    ) -> S3Error {
        S3Error(Code(rawValue: code), status: status, message, details: details, headers: headers)
    }
}
