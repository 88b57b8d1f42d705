extension S3Error {
    /// Something failed that is not the caller's fault; `reason` is for the log.
    package static func internalError(_ reason: String? = nil) -> S3Error {
        S3Error("InternalError", status: 500, "We encountered an internal error. Please try again.", reason: reason)
    }

    /// The service is too busy; the caller should come back after `retryAfter` seconds.
    package static func slowDown(retryAfter: Int? = nil) -> S3Error {
        S3Error(
            "SlowDown",
            status: 503,
            "Please reduce your request rate.",
            headers: retryAfterHeader(retryAfter)
        )
    }

    /// The service cannot answer now, for example beyond its connection limit.
    package static func serviceUnavailable(retryAfter: Int? = nil) -> S3Error {
        S3Error(
            "ServiceUnavailable",
            status: 503,
            "Service is unable to handle request.",
            headers: retryAfterHeader(retryAfter)
        )
    }

    /// The disk is full.
    ///
    /// SDKs retry only 500, 502, 503 and 504, so not this.
    package static var insufficientStorage: S3Error {
        S3Error("InsufficientStorage", status: 507, "No space left on device.")
    }

    /// The bucket or user may not store more.
    package static var quotaExceeded: S3Error {
        S3Error("QuotaExceeded", status: 403, "Your request was denied due to quota exceeded.")
    }

    /// The client did not send or read for too long; the connection closes.
    package static var requestTimeout: S3Error {
        S3Error(
            "RequestTimeout",
            status: 400,
            """
            Your socket connection to the server was not read from or written to within the timeout period. Idle \
            connections will be closed.
            """,
            headers: [Field("Connection", "close")]
        )
    }

    private static func retryAfterHeader(_ seconds: Int?) -> [Field] {
        seconds.map { [Field("Retry-After", "\($0)")] } ?? []
    }
}
