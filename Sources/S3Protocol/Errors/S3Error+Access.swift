extension S3Error {
    /// The caller may not do this.
    package static func accessDenied(_ message: String = "Access Denied") -> S3Error {
        S3Error("AccessDenied", status: 403, message)
    }

    /// The operation is for callers that sign.
    package static var anonymousNotAllowed: S3Error {
        accessDenied("Anonymous users cannot invoke this API. Please authenticate.")
    }

    /// The operation is for callers that sign; some name themselves.
    package static func anonymousNotSupported(_ operation: String) -> S3Error {
        accessDenied("s3:\(operation) does not support Anonymous requests!")
    }

    /// A multipart upload was begun without a signature.
    package static var anonymousMultipartUpload: S3Error {
        accessDenied("Anonymous users cannot initiate multipart uploads. Please authenticate.")
    }

    /// A copy was asked for without a signature.
    package static var anonymousCopy: S3Error {
        accessDenied("Anonymous users cannot copy objects. Please authenticate.")
    }

    /// A read without a signature asks for other headers than the object has.
    package static var anonymousResponseHeaders: S3Error {
        invalidRequest("Request specific response headers cannot be used for anonymous GET requests.")
    }

    /// A retention or a legal hold keeps the version.
    package static var protectedByObjectLock: S3Error {
        accessDenied("Access Denied because object protected by object lock.")
    }

    /// A preflight request without `Origin`.
    package static var preflightWithoutOrigin: S3Error {
        badRequest("Insufficient information. Origin request header needed.")
    }

    /// A preflight request whose `Access-Control-Request-Method` is missing or no method that CORS knows.
    package static func invalidAccessControlRequestMethod(_ method: String) -> S3Error {
        badRequest("Invalid Access-Control-Request-Method: \(method)")
    }

    /// Why a preflight request is refused.
    package enum PreflightRefusal: String, Sendable {
        /// There is no bucket of that name.
        case bucketNotFound = "CORSResponse: Bucket not found"
        /// The bucket has no CORS configuration.
        case notEnabled = "CORSResponse: CORS is not enabled for this bucket."
        /// No rule matches origin, method and headers; spelt as S3 spells it.
        case notAllowed = """
            CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request \
            method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the \
            resource's CORS spec.
            """
    }

    /// A cross-origin request is not allowed; `method` is the requested one, or `OPTIONS` when none was named.
    package static func accessForbidden(
        _ refusal: PreflightRefusal,
        method: String,
        resourceType: ResourceType
    ) -> S3Error {
        S3Error(
            "AccessForbidden",
            status: 403,
            refusal.rawValue,
            details: [Field("Method", method), Field("ResourceType", resourceType.rawValue)]
        )
    }
}
