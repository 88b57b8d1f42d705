package import S3Protocol

/// A routed and authenticated S3 request: what an operation's handler works on.
///
/// Made once and shared, as `Request` is.
package final class S3Request: Sendable {
    /// The request as received.
    package let http: Request
    /// What it names.
    package let address: Address
    /// What it is.
    package let operation: S3Operation
    /// Who it is from and how its body is read.
    package let authenticated: Authenticator.Authenticated
    /// `x-amz-*` query parameters, which act as headers.
    private let queryHeaders: HeaderList
    /// The body, when a policy had to look into it; the operation reads it from `http` all the same.
    let earlyDocument: [UInt8]?

    init(
        http: Request,
        address: Address,
        operation: S3Operation,
        authenticated: Authenticator.Authenticated,
        earlyDocument: [UInt8]? = nil
    ) {
        self.http = http
        self.address = address
        self.operation = operation
        self.authenticated = authenticated
        self.earlyDocument = earlyDocument
        queryHeaders = http.head.target.amzHeaders
    }

    /// The bucket; operations of the table's bucket and object scope always have one.
    var bucket: BucketName {
        get throws(S3Error) {
            guard let bucket = address.bucket else { throw .internalError("routed without a bucket") }
            return bucket
        }
    }

    /// The key; operations of the table's object scope always have one.
    var key: ObjectKey {
        get throws(S3Error) {
            guard let key = address.key else { throw .internalError("routed without a key") }
            return key
        }
    }

    /// The header fields, then the query parameters that act as such.
    var headers: HeaderList {
        http.head.headers.appending(queryHeaders)
    }

    /// The value of a header, or of the query parameter that acts as one.
    func header(_ name: String) -> String? {
        http.head.headers[name] ?? queryHeaders[name]
    }

    /// The version that the query names.
    ///
    /// - Throws: `InvalidArgument` for text that can be no version's id.
    var versionID: VersionID? {
        get throws(S3Error) {
            guard let text = http.head.target["versionId"] else { return nil }
            return try VersionID(text)
        }
    }
}

/// One operation: its file holds all there is to it.
package protocol S3OperationHandler: Sendable {
    /// The answer to a request that is already authenticated and authorized.
    ///
    /// Runs on the connection's event loop: may not block.
    ///
    /// - Throws: `S3Error`, or an error that converts to one.
    func respond(to request: S3Request) async throws -> Response
}
