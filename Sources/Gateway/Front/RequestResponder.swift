package import NIOCore

/// What the front asks for the answer to each request.
package protocol RequestResponder: Sendable {
    /// The answer; errors are answers too, so nothing is thrown.
    ///
    /// Runs on the connection's event loop: may not block. Cancelled when the peer goes away.
    func respond(to request: Request) async -> Response

    /// The answer to a head that cannot be parsed or is beyond a limit.
    func refuse(_ refusal: FrontRefusal, id: RequestID) -> Response

    /// Told once for each request when its answer is sent, or could not be.
    func completed(_ report: ExchangeReport)
}

/// Why the front itself refuses, before there is a request.
package enum FrontRefusal: Sendable, Equatable {
    /// The bytes are not HTTP/1.1, or their framing is contradictory.
    case malformed
    /// Target or headers are beyond a limit.
    case headersTooLarge(limit: Int)
    /// All connections are in use.
    case tooManyConnections
}

/// How one request went, for log and metrics.
package struct ExchangeReport: Sendable {
    /// The request; nil when its head could not be read.
    package let request: Request?
    /// The status sent.
    package let status: Int
    /// Bytes of the body that arrived.
    package let bytesReceived: Int64
    /// Bytes of the body that were sent.
    package let bytesSent: Int64
    /// From the complete head to the end of the answer.
    package let duration: TimeAmount
    /// Whether the whole answer was handed to the kernel.
    package let isComplete: Bool
}
