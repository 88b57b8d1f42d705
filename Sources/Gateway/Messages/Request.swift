import NIOCore
package import S3Protocol

/// One request as its handlers see it: the head as received, the body as a stream, and who asks.
///
/// Every step on its way holds it, so it is made once and shared.
package final class Request: Sendable {
    /// Names this request in answers, logs and the inspector.
    package let id: RequestID
    /// Method, target and headers exactly as received.
    package let head: RequestHead
    /// The body, read with back-pressure; at most once.
    package let body: RequestBody
    /// The value of `Content-Length`, nil for a chunked or absent body.
    package let contentLength: Int64?
    /// When the head was complete.
    package let received: Timestamp
    /// The client's address, without the port; of a client behind a trusted proxy as that tells it.
    package let remoteAddress: String
    /// Whether the client came by TLS.
    package let isSecure: Bool
    /// The version of TLS that was agreed on, as `1.3`; nil without, and behind a proxy.
    package let tlsVersion: String?
    /// What the handlers learn on their way, for log, metrics and inspector.
    package let trace: RequestTrace

    /// Whether the request announced a body of unknown length.
    package var isChunked: Bool {
        head.headers["Transfer-Encoding"] != nil
    }

    /// Whether the request has no body.
    package var hasNoBody: Bool { !isChunked && (contentLength ?? 0) == 0 }

    /// A request of these parts.
    package init(
        id: RequestID,
        head: RequestHead,
        body: RequestBody,
        contentLength: Int64?,
        received: Timestamp,
        remoteAddress: String,
        isSecure: Bool,
        tlsVersion: String? = nil,
        trace: RequestTrace = RequestTrace()
    ) {
        self.id = id
        self.head = head
        self.body = body
        self.contentLength = contentLength
        self.received = received
        self.remoteAddress = remoteAddress
        self.isSecure = isSecure
        self.tlsVersion = tlsVersion
        self.trace = trace
    }

    /// The same request, its body being these bytes, which were read from it.
    func replaying(_ bytes: ByteBuffer) -> Request {
        Request(
            id: id,
            head: head,
            body: body.replaying(bytes),
            contentLength: contentLength,
            received: received,
            remoteAddress: remoteAddress,
            isSecure: isSecure,
            tlsVersion: tlsVersion,
            trace: trace
        )
    }
}
