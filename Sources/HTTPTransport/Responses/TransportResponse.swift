package import NIOCore
package import S3Protocol

/// An answer: its head, and its body as it comes.
package struct TransportResponse: Sendable {
    /// The status.
    package let status: Int
    /// The headers in order.
    package let headers: HeaderList
    /// The body, to be read once; a transfer whose body nobody holds any more is given up.
    package let body: TransportBody
    /// When the first of the server's certificates ends, of a new connection and where that is noted.
    package let certificateEnd: Timestamp?

    /// The value of `Content-Length`, which the body keeps or fails.
    package var contentLength: Int64? { headers["Content-Length"].flatMap { Int64($0) } }
}

/// The body of an answer, read with back-pressure: the connection is not read faster than this is.
package final class TransportBody: Sendable {
    private let lease: TransferLease

    init(_ lease: TransferLease) {
        self.lease = lease
    }

    /// The next bytes; nil at the end of a whole body.
    ///
    /// Cancellation gives the transfer up.
    ///
    /// - Throws: `TransportError`, above all `partialBody` and `stallTimeout`; `CancellationError`.
    package func next() async throws -> ByteBuffer? {
        try await lease.transfer.nextIncoming()
    }

    /// The whole body, for small answers.
    ///
    /// - Throws: `TransportError` with `tooLarge` when it is longer than `limit`; as `next`.
    package func collect(upTo limit: Int) async throws -> ByteBuffer {
        var whole = ByteBuffer()
        while var bytes = try await next() {
            guard whole.readableBytes + bytes.readableBytes <= limit else {
                lease.transfer.abandon()
                throw TransportError(.tooLarge, "the answer is longer than \(limit) bytes")
            }
            whole.writeBuffer(&bytes)
        }
        return whole
    }

    /// Gives the transfer up when it is still under way.
    package func abandon() {
        lease.transfer.abandon()
    }
}
