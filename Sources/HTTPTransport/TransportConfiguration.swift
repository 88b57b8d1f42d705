/// What all transfers of a transport have in common.
package struct TransportConfiguration: Hashable, Sendable {
    /// Whose certificates are believed.
    package enum Trust: Hashable, Sendable {
        /// The authorities of the system.
        case system
        /// The authorities in a PEM file, and no others.
        case file(String)
        /// Everybody's: whoever is on the way can read and change all. For a test bench.
        case anyone
    }

    /// The versions of HTTP.
    package enum Version: Hashable, Sendable {
        /// HTTP/1.1 alone.
        case http1
        /// HTTP/2 where a server offers it with TLS, else HTTP/1.1.
        ///
        /// A connection carries one transfer at a time: in libcurl 7.88 a paused stream holds up all others of its connection.
        case http2
    }

    /// Whose certificates are believed.
    package var trust: Trust
    /// The versions of HTTP.
    package var version: Version
    /// Timeouts of requests that have none of their own.
    package var timeouts: TransportTimeouts
    /// The most transfers under way at a time, each with a connection of its own.
    package var maximumTransfers: Int
    /// The most transfers that wait for their turn, at most as long as connecting may take; `busy` beyond.
    package var maximumWaiting: Int
    /// The most connections that are kept for the next transfers.
    package var maximumIdleConnections: Int
    /// How long an unused connection is kept.
    package var idleLifetime: Duration
    /// The URL of an HTTP proxy; nil for none.
    ///
    /// The variables of the environment are not looked at.
    package var proxy: String?
    /// The most bytes of an answer's head.
    package var maximumHeadLength: Int
    /// Whether responses tell when the server's certificate ends.
    package var notesCertificates = false

    /// A configuration; the defaults suit an S3 service.
    package init(
        trust: Trust = .system,
        version: Version = .http2,
        timeouts: TransportTimeouts = TransportTimeouts(),
        maximumTransfers: Int = 256,
        maximumWaiting: Int = 1_024,
        maximumIdleConnections: Int = 64,
        idleLifetime: Duration = .seconds(60),
        proxy: String? = nil,
        maximumHeadLength: Int = 128 << 10
    ) {
        self.trust = trust
        self.version = version
        self.timeouts = timeouts
        self.maximumTransfers = maximumTransfers
        self.maximumWaiting = maximumWaiting
        self.maximumIdleConnections = maximumIdleConnections
        self.idleLifetime = idleLifetime
        self.proxy = proxy
        self.maximumHeadLength = maximumHeadLength
    }
}
