import NIOHTTP1
import ObjectStorage
import S3Protocol

/// Errors meet HTTP here and nowhere else.
enum ErrorResponse {
    /// The answer to a request that ended in this error: S3's XML, or headers alone for HEAD.
    static func make(for error: any Error, request: Request) -> Response {
        let refusal = s3Error(error).naming(method: request.head.method).naming(path: request.head.target.rawPath)
        request.trace.note { facts in
            facts.errorCode = refusal.code.rawValue
            facts.reason =
                refusal.loggedReason ?? refusal.reason ?? (refusal.status >= 500 ? String(describing: error) : nil)
        }
        return make(refusal, id: request.id, isHead: request.head.method == "HEAD")
    }

    /// The answer in S3's XML.
    static func make(_ refusal: S3Error, id: RequestID, isHead: Bool = false) -> Response {
        var headers: HTTPHeaders = ["Content-Type": "application/xml"]
        for header in refusal.headers { headers.add(name: header.name, value: header.value) }
        // HEAD has no body to say it in, so every answer says it in headers too.
        headers.add(name: "x-larder-error", value: refusal.code.rawValue)
        // What failed inside is for the log: it may name paths of this server.
        if let reason = refusal.reason, refusal.status != 500 { headers.add(name: "x-larder-reason", value: reason) }
        let status = HTTPResponseStatus(statusCode: refusal.status)
        guard !isHead, status != .notModified else { return Response(status, headers: headers, body: .none) }
        return Response(
            status,
            contentType: "application/xml",
            bytes: refusal.document(requestID: id.text, hostID: id.hostID),
            headers: headers
        )
    }

    /// An error in S3's words.
    static func s3Error(_ error: any Error) -> S3Error {
        if let convertible = error as? any S3ErrorConvertible { return convertible.s3Error }
        // Only a peer that went away cancels a request; nobody reads this answer.
        if error is CancellationError { return S3Error.requestTimeout.because("the client went away") }
        return .internalError(String(describing: error))
    }
}
