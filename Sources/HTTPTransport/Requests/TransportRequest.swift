package import NIOCore
package import S3Protocol

/// A request to another server; method, target and headers are sent byte for byte as they are here.
///
/// What belongs to the connection is the transport's: `Content-Length`, `Transfer-Encoding`, `Connection`, `Expect` and the
/// like in `headers` are not sent. Redirects are not followed, content is not decompressed.
package struct TransportRequest: Sendable {
    /// The body of a request.
    package enum Body: Sendable {
        /// None.
        case none
        /// These bytes; they are sent again when a connection that was kept proves to be closed.
        case bytes(ByteBuffer)
        /// What is written to the exchange: so many bytes, or chunked when nobody knows how many.
        case stream(length: Int64?)
    }

    /// The method.
    package var method: String
    /// The server.
    package var origin: TransportOrigin
    /// Path and query as they are sent; never normalised.
    package var target: String
    /// The headers in order; `Host` is added when it is not among them.
    package var headers: HeaderList
    /// The body.
    package var body: Body
    /// Whether the body waits for the server's word that it is wanted (`Expect: 100-continue`), for a second at most.
    package var expectsContinue: Bool
    /// Its own timeouts instead of the transport's.
    package var timeouts: TransportTimeouts?

    /// A request of these parts.
    package init(
        method: String,
        origin: TransportOrigin,
        target: String,
        headers: HeaderList = HeaderList(),
        body: Body = .none,
        expectsContinue: Bool = false,
        timeouts: TransportTimeouts? = nil
    ) {
        self.method = method
        self.origin = origin
        self.target = target
        self.headers = headers
        self.body = body
        self.expectsContinue = expectsContinue
        self.timeouts = timeouts
    }

    /// A request to a URL, whose path and query are sent as they are in it.
    ///
    /// - Throws: `TransportError` with `invalidRequest`, as `TransportOrigin.split`.
    package init(
        method: String,
        url: String,
        headers: HeaderList = HeaderList(),
        body: Body = .none,
        timeouts: TransportTimeouts? = nil
    ) throws {
        let (origin, target) = try TransportOrigin.split(url)
        self.init(
            method: method,
            origin: origin,
            target: target,
            headers: headers,
            body: body,
            timeouts: timeouts
        )
    }
}

extension TransportRequest {
    /// How many bytes the body has; nil when nobody knows, 0 without one.
    var bodyLength: Int64? {
        switch body {
        case .none: 0
        case .bytes(let buffer): Int64(buffer.readableBytes)
        case .stream(let length): length
        }
    }

    /// Whether the message says how long its body is, be it empty.
    var announcesBody: Bool {
        guard case .none = body else { return true }
        return ["PUT", "POST", "PATCH"].contains { ByteText.equal($0, method) }
    }

    /// Passes when nothing in it would end a line of the head.
    ///
    /// - Throws: `TransportError` with `invalidRequest`.
    func validate() throws {
        guard !method.isEmpty, method.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw TransportError(.invalidRequest, "'\(method)' is no HTTP method")
        }
        guard ByteText.hasPrefix(target, "/"), target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw TransportError(
                .invalidRequest,
                "'\(target)' is no request target: it must begin with / and be encoded"
            )
        }
        for field in headers.fields {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x3A }) else {
                throw TransportError(.invalidRequest, "'\(field.name)' is no name of a header")
            }
            guard field.value.utf8.allSatisfy({ $0 != 0 && $0 != 0x0A && $0 != 0x0D }) else {
                throw TransportError(.invalidRequest, "the value of \(field.name) has a line break or a zero byte")
            }
        }
    }
}
