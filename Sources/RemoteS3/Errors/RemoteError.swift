package import HTTPTransport
package import S3Protocol

/// Why a remote S3 could not be asked; what it refuses itself is an answer, no error.
package struct RemoteError: Error, Hashable, Sendable {
    /// What kind of thing went wrong; an open set.
    package struct Code: RawRepresentable, Hashable, Sendable {
        /// The code as logs show it.
        package let rawValue: String

        /// A code of this text.
        package init(rawValue: String) { self.rawValue = rawValue }

        /// There are no credentials, or they cannot be had.
        package static let credentials = Code(rawValue: "credentials")
        /// The remote failed so often of late that it is left alone for a while.
        package static let circuitOpen = Code(rawValue: "circuit_open")
        /// Nothing came over the network, or not in time.
        package static let transport = Code(rawValue: "transport")
        /// A setting cannot be used.
        package static let invalidConfiguration = Code(rawValue: "invalid_configuration")
    }

    /// What kind of thing went wrong.
    package let code: Code
    /// One sentence for the operator.
    package let message: String
    /// What the network said, of `transport`.
    package let transport: TransportError?
    /// After how many seconds it may be tried again.
    package let retryAfter: Int?
    /// Whether the remote cannot have seen any of the attempts.
    package internal(set) var isUnsent = false

    /// An error of these parts.
    package init(_ code: Code, _ message: String, retryAfter: Int? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
        transport = nil
    }

    /// The error of a transfer to this endpoint.
    package init(_ transport: TransportError, endpoint: String) {
        code = .transport
        message = "the remote \(endpoint) does not answer: \(transport.message)"
        self.transport = transport
        retryAfter = nil
    }
}

extension RemoteError: CustomStringConvertible {
    /// The code and the message.
    package var description: String { "\(code.rawValue): \(message)" }
}

extension RemoteError: S3ErrorConvertible {
    /// 504 when time ran out, 503 when it should be tried later, 502 for a remote that cannot be talked to, 500 for what
    /// only the operator can mend.
    package var s3Error: S3Error {
        switch code {
        case .circuitOpen: .serviceUnavailable(retryAfter: retryAfter ?? 1).because(message)
        case .transport: transportError
        default: .internalError(message)
        }
    }

    private var transportError: S3Error {
        guard let transport else { return .badGateway(message) }
        if transport.isTimeout { return .gatewayTimeout(message) }
        switch transport.code {
        case .busy, .closed: return .serviceUnavailable(retryAfter: 1).because(message)
        default: return .badGateway(message)
        }
    }
}
