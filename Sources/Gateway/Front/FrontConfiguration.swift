package import NIOCore
package import NIOSSL

/// Where the front listens and what it allows a connection; every limit is configuration.
package struct FrontConfiguration: Sendable {
    /// Where a front listens.
    package enum Endpoint: Sendable, Equatable {
        /// An address or name, and a port; 0 for any free one.
        case tcp(host: String, port: Int)
        /// A socket in the file system.
        case unix(path: String)
    }

    /// Where to listen.
    package var endpoint = Endpoint.tcp(host: "127.0.0.1", port: 9000)
    /// Certificate and key; nil for plain HTTP.
    package var tls: TLSConfiguration?
    /// The proxies that are believed where they say a request comes from.
    package var trustedProxies = TrustedProxies()
    /// The most connections served at once; the next ones get 503.
    package var maximumConnections = 10_000
    /// The most bytes of one header field; more gets 400.
    package var maximumHeaderFieldSize = 16 * 1024
    /// The most bytes of target and header fields together; more gets 400.
    package var maximumHeaderListSize = 32 * 1024
    /// The most header fields; more gets 400.
    package var maximumHeaderCount = 200
    /// How long a connection may be without a complete request head, first and later ones alike.
    package var idleTimeout: TimeAmount = .seconds(75)
    /// How long one window of an upload is; in each, `minimumBodyProgress` bytes must come.
    package var bodyWindow: TimeAmount = .seconds(30)
    /// The fewest bytes of a body in one window while the server waits for them.
    package var minimumBodyProgress: Int64 = 4 * 1024
    /// How long a reader may take for one piece (at most 1 MiB) of an answer.
    package var writeTimeout: TimeAmount = .seconds(60)
    /// The most bytes that are read and dropped after a refused upload, so that its sender sees the answer.
    package var maximumDrain: Int64 = 16 * 1024 * 1024
    /// How long such dropping may take.
    package var drainTimeout: TimeAmount = .seconds(10)
    /// How long requests in flight may take to finish after SIGTERM.
    package var shutdownGrace: TimeAmount = .seconds(30)

    /// The defaults.
    package init() {}
}
