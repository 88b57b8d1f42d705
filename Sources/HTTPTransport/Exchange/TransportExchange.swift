package import NIOCore

/// A request under way whose body is written by hand.
///
/// A task writes the body, then takes the response; to drop the exchange before, or to be cancelled in the middle, gives
/// the transfer up.
package final class TransportExchange: Sendable {
    private let lease: TransferLease

    init(_ transfer: Transfer) {
        lease = TransferLease(transfer)
    }

    /// Waits until the server wants the body: until there is a connection and, with `Expect`, its word or a second passed.
    ///
    /// - Returns: false when it does not: its answer is there, or the transfer is over.
    package func waitUntilBodyIsWanted() async throws -> Bool {
        try await lease.transfer.waitUntilBodyIsWanted()
    }

    /// Hands bytes of the body over; waits while too many are on their way already.
    ///
    /// - Returns: false when no more is wanted: the answer is there, or the transfer is over.
    package func write(_ bytes: ByteBuffer) async throws -> Bool {
        try await lease.transfer.write(bytes)
    }

    /// Says that the body is complete.
    package func finish() {
        lease.transfer.finishWriting()
    }

    /// The answer, as soon as its head is there.
    ///
    /// - Throws: `TransportError`, `CancellationError`.
    package func response() async throws -> TransportResponse {
        let head = try await lease.transfer.responseHead()
        return TransportResponse(
            status: head.status,
            headers: head.headers,
            body: TransportBody(lease),
            certificateEnd: head.certificateEnd
        )
    }

    /// Gives the transfer up.
    package func abandon() {
        lease.transfer.abandon()
    }
}
