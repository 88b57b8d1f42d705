/// Why a request to another server has no answer, or no whole one.
package struct TransportError: Error, Hashable, Sendable {
    /// What kind of thing went wrong; an open set.
    package struct Code: RawRepresentable, Hashable, Sendable {
        /// The code as logs show it.
        package let rawValue: String

        /// A code of this text.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The host's name has no address.
        package static let resolve = Code(rawValue: "resolve")
        /// No connection could be made.
        package static let connect = Code(rawValue: "connect")
        /// No secure connection could be made: a certificate that is not trusted, or no common version.
        package static let tls = Code(rawValue: "tls")
        /// No connection was made in time.
        package static let connectTimeout = Code(rawValue: "connect_timeout")
        /// The request was sent and no answer began in time.
        package static let firstByteTimeout = Code(rawValue: "first_byte_timeout")
        /// Nothing moved for too long in the middle of a body.
        package static let stallTimeout = Code(rawValue: "stall_timeout")
        /// The whole took too long.
        package static let totalTimeout = Code(rawValue: "total_timeout")
        /// The connection broke before the answer's head was complete.
        package static let reset = Code(rawValue: "reset")
        /// The connection broke, or was closed, in the middle of the answer's body.
        package static let partialBody = Code(rawValue: "partial_body")
        /// The answer is larger than what was allowed.
        package static let tooLarge = Code(rawValue: "too_large")
        /// The answer is not HTTP.
        package static let invalidResponse = Code(rawValue: "invalid_response")
        /// The request cannot be sent as it is: a fault on this side.
        package static let invalidRequest = Code(rawValue: "invalid_request")
        /// Too many requests are under way already.
        package static let busy = Code(rawValue: "busy")
        /// The transport was shut down.
        package static let closed = Code(rawValue: "closed")
    }

    /// What kind of thing went wrong.
    package let code: Code
    /// One sentence for the operator: what failed, and what may be done.
    package let message: String

    /// An error of these parts.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Whether the server cannot have seen the request, so that any method may be sent again.
    package var isUnsent: Bool {
        switch code {
        case .resolve, .connect, .tls, .connectTimeout, .busy, .invalidRequest: true
        default: false
        }
    }

    /// Whether time ran out.
    package var isTimeout: Bool {
        switch code {
        case .connectTimeout, .firstByteTimeout, .stallTimeout, .totalTimeout: true
        default: false
        }
    }
}

extension TransportError: CustomStringConvertible {
    /// The code and the message.
    package var description: String { "\(code.rawValue): \(message)" }
}
