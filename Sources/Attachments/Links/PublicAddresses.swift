package import S3Protocol

/// Where browsers reach the buckets.
package struct PublicAddresses: Equatable, Sendable {
    /// The address of a bucket, taken apart as signing needs it.
    struct Base: Equatable {
        /// `http` or `https`, with `://`.
        let scheme: String
        /// Host and port: what the client will send as `Host`.
        let authority: String
        /// What stands between the authority and the key; begins and ends with a slash.
        let path: String
    }

    /// The server's own address without a slash at the end: `https://larder.example.com`.
    package let server: String
    /// The addresses of buckets that have a host of their own: `https://uploads.example.com`.
    package let buckets: [BucketName: String]

    /// Addresses; slashes at their ends are dropped, and the ports that the schemes have anyway.
    package init(server: String, buckets: [BucketName: String] = [:]) {
        self.server = Self.origin(server)
        self.buckets = buckets.mapValues(Self.origin)
    }

    /// The address that forms for this bucket are posted to.
    package func url(of bucket: BucketName) -> String {
        buckets[bucket] ?? "\(server)/\(bucket.string)"
    }

    func base(of bucket: BucketName) -> Base {
        if let own = buckets[bucket] { return Self.base(own, path: "/") }
        return Self.base(server, path: "/\(bucket.string)/")
    }

    private static func base(_ origin: String, path: String) -> Base {
        let parts = split(origin)
        return Base(scheme: parts.scheme, authority: parts.authority, path: path)
    }

    // A client leaves a scheme's own port out of `Host`, so a signature must not have it either.
    private static func origin(_ text: String) -> String {
        var text = text[...]
        while text.hasSuffix("/") { text = text.dropLast() }
        let (scheme, authority) = split(String(text))
        for (own, port) in [("http://", ":80"), ("https://", ":443")] where scheme == own && authority.hasSuffix(port) {
            return scheme + authority.dropLast(port.count)
        }
        return String(text)
    }

    private static func split(_ origin: String) -> (scheme: String, authority: String) {
        let bytes = Array(origin.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            bytes[colon...].starts(with: "://".utf8)
        else { return ("http://", origin) }
        return (
            String(decoding: bytes[..<(colon + 3)], as: UTF8.self),
            String(decoding: bytes[(colon + 3)...], as: UTF8.self)
        )
    }
}
