package import Attachments
package import S3Protocol

/// Where clients reach the buckets: at the public URL when one is configured, else at the host that they asked.
package struct AddressRule: Sendable {
    private let publicURL: String?
    private let customHosts: [String: BucketName]

    /// A rule of this public URL and these hosts that stand for one bucket each.
    package init(publicURL: String?, customHosts: [String: BucketName]) {
        self.publicURL = publicURL
        self.customHosts = customHosts
    }

    /// The addresses to hand out in the answer to a request.
    func addresses(for request: Request) -> PublicAddresses {
        addresses(reachedAt: "\(request.isSecure ? "https" : "http")://\(request.head.headers["Host"] ?? "localhost")")
    }

    /// The addresses to hand out to those who reach the server at `origin` unless the configuration says otherwise.
    package func addresses(reachedAt origin: String) -> PublicAddresses {
        let server = publicURL ?? origin
        let scheme = server.hasPrefix("https://") ? "https" : "http"
        // All names of a server are reached by the same port.
        let port = server.dropFirst(scheme.count + 3).split(separator: "]").last?.split(separator: ":").dropFirst().last
        let hosts = customHosts.sorted { $0.key < $1.key }.map { host, bucket in
            (bucket, "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? ""))
        }
        return PublicAddresses(
            server: server,
            buckets: Dictionary(hosts, uniquingKeysWith: { first, _ in first })
        )
    }
}
