package import HTTPTransport
import S3Protocol

/// Where a remote S3 is, and how its buckets are named in requests.
package struct RemoteEndpoint: Hashable, Sendable {
    /// How a bucket is named.
    package enum Addressing: String, Hashable, Sendable {
        /// `https://host/bucket/key`.
        case path
        /// `https://bucket.host/key`.
        case virtualHost = "virtual"
    }

    /// Where requests go.
    package let origin: TransportOrigin
    /// The region that they are signed for, until the remote says that a bucket is in another.
    package let region: String
    /// How buckets are named.
    package let addressing: Addressing

    /// The beginning of its URLs.
    package var text: String { origin.text }

    /// An endpoint of these parts; AWS is addressed by virtual host unless another way is asked for.
    package init(origin: TransportOrigin, region: String, addressing: Addressing? = nil) {
        self.origin = origin
        self.region = region
        self.addressing = addressing ?? (Self.isOfAWS(origin.host) ? .virtualHost : .path)
    }

    /// The endpoint of a URL without path.
    ///
    /// - Throws: `RemoteError` with `invalidConfiguration`.
    package init(url: String, region: String, addressing: Addressing? = nil) throws {
        let origin: TransportOrigin
        let target: String
        do {
            (origin, target) = try TransportOrigin.split(url)
        } catch let error as TransportError {
            throw RemoteError(.invalidConfiguration, error.message)
        }
        guard ByteText.equal(target, "/") else {
            throw RemoteError(.invalidConfiguration, "'\(url)' has a path; an endpoint is scheme://host[:port] alone")
        }
        self.init(origin: origin, region: region, addressing: addressing)
    }

    /// The origin and the path of a bucket's object, both encoded.
    ///
    /// - Parameters:
    ///   - bucket: The bucket's name; nil for the service.
    ///   - key: The key; nil for the bucket.
    ///   - region: Where the bucket is, when that is known to be another region of AWS.
    package func place(bucket: String?, key: [UInt8]?, region: String) -> (origin: TransportOrigin, path: String) {
        let origin = origin(in: region)
        let path = key.map { PercentEncoding.encode($0, keepingSlash: true) } ?? ""
        guard let bucket else { return (origin, "/") }
        // A dot would take the host out of the certificate's wildcard.
        guard addressing == .virtualHost, !(origin.scheme == .https && bucket.utf8.contains(UInt8(ascii: "."))) else {
            let name = PercentEncoding.encode(bucket, keepingSlash: false)
            return (origin, key == nil ? "/\(name)" : "/\(name)/\(path)")
        }
        let host = TransportOrigin(scheme: origin.scheme, host: "\(bucket).\(origin.host)", port: origin.port)
        return (host, "/" + path)
    }

    /// AWS has an endpoint for each region; others have one.
    private func origin(in region: String) -> TransportOrigin {
        guard !ByteText.equal(region, self.region), Self.isOfAWS(origin.host) else { return origin }
        let suffix = origin.host.hasSuffix(".cn") ? "amazonaws.com.cn" : "amazonaws.com"
        return TransportOrigin(scheme: origin.scheme, host: "s3.\(region).\(suffix)", port: origin.port)
    }

    private static func isOfAWS(_ host: String) -> Bool {
        host.hasSuffix(".amazonaws.com") || host.hasSuffix(".amazonaws.com.cn")
    }
}
