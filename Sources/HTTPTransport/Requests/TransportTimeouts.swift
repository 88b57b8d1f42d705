/// How long the parts of a transfer may take.
///
/// None of them runs while this side holds a transfer up: a body that is not read, or bytes to send that are not there yet.
package struct TransportTimeouts: Hashable, Sendable {
    /// From the beginning to a connection: the name, the address and TLS.
    package var connect: Duration
    /// From the request's last byte to the end of the answer's head.
    package var firstByte: Duration
    /// The longest time in which no byte of a body moves.
    package var stall: Duration
    /// The whole; nil for as long as bytes move.
    package var total: Duration?

    /// Timeouts of these lengths.
    package init(
        connect: Duration = .seconds(10),
        firstByte: Duration = .seconds(60),
        stall: Duration = .seconds(30),
        total: Duration? = nil
    ) {
        self.connect = connect
        self.firstByte = firstByte
        self.stall = stall
        self.total = total
    }
}
