package import S3Protocol

/// Makes presigned links that stay the same for a while, so that caches find them again.
///
/// The signing date is floored to a window of a quarter of the lifetime, and the link works for lifetime and window
/// together: whenever it was handed out, it works for the whole lifetime at least.
package struct StableURLSigner: Sendable {
    /// The longest lifetime: with its window it is the week that a presigned URL may have.
    package static let maximumLifetime = VerificationPolicy.maximumPresignedSeconds / 5 * 4

    private let signer: SigV4Signer
    private let lifetime: Int64

    /// A signer with an access key that the server knows; the lifetime in seconds is brought into 4 to the longest.
    package init(accessKeyID: String, secret: SigningSecret, region: String, lifetime: Int64) {
        signer = SigV4Signer(accessKeyID: accessKeyID, secret: secret, region: region)
        self.lifetime = min(max(lifetime, 4), Self.maximumLifetime)
    }

    /// The seconds for which answers give the same link.
    package var window: Int64 { lifetime / 4 }

    /// A link to an object, the same for all moments of a window.
    ///
    /// The answer to it has the given content type and disposition, and may be kept by the user's own cache for as
    /// long as the link works at the end of its window at least.
    /// - Throws: `S3Error` when the key cannot be in a URL, which no valid key is.
    package func url(
        of key: ObjectKey,
        in bucket: BucketName,
        contentType: String,
        disposition: DownloadDisposition,
        at now: Timestamp,
        addresses: PublicAddresses
    ) throws -> String {
        let base = addresses.base(of: bucket)
        let query = Self.query([
            ("response-cache-control", "private, max-age=\(lifetime)"),
            ("response-content-disposition", disposition.text),
            ("response-content-type", Self.headerText(contentType)),
        ])
        let path = base.path + PercentEncoding.encode(key.utf8, keepingSlash: true)
        let head = RequestHead(
            method: "GET",
            target: try RequestTarget(path + "?" + query),
            headers: HeaderList([("Host", base.authority)])
        )
        let signed = try signer.presign(head, lifetime: lifetime + window, at: windowStart(now))
        return base.scheme + base.authority + path + "?" + signed
    }

    /// The beginning of the window in which a moment lies.
    package func windowStart(_ now: Timestamp) -> Timestamp {
        let seconds = now.seconds
        let rest = seconds % window
        return Timestamp(seconds: seconds - (rest < 0 ? rest + window : rest))
    }

    private static func query(_ parameters: [(String, String)]) -> String {
        parameters.map { "\($0.0)=\(PercentEncoding.encode($0.1, keepingSlash: false))" }.joined(separator: "&")
    }

    private static func headerText(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        return isPlain && !text.isEmpty ? text : "application/octet-stream"
    }
}
