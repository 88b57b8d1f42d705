/// The URL of an uploaded object as a form's answer gives it: the key as one component, with `%2F` for each slash.
package struct PostLocation: Sendable {
    /// How the bucket was addressed.
    package enum Style: Sendable {
        /// The host names the bucket, by its own name or a custom one.
        case virtualHost
        /// The first component of the path is this bucket.
        case path(BucketName)
    }

    /// `http` or `https`.
    package let scheme: String
    /// The host as the client addressed it, with its port if it is not the scheme's own.
    package let host: String
    /// How the bucket was addressed.
    package let style: Style

    /// A location of these parts.
    package init(scheme: String, host: String, style: Style) {
        self.scheme = scheme
        self.host = host
        self.style = style
    }

    /// The location of objects in the bucket that an address names, as it was addressed.
    package init(_ address: Address, scheme: String) {
        self.scheme = scheme
        host = address.host
        style = address.style == .path ? address.bucket.map(Style.path) ?? .virtualHost : .virtualHost
    }

    /// The URL of the object; header `Location` and element `Location` carry the same text.
    package func text(for key: ObjectKey) -> String {
        url(PercentEncoding.encode(key.utf8, keepingSlash: false))
    }

    /// The URL of the object as CompleteMultipartUpload answers it: slashes of the key stay.
    package func url(of key: ObjectKey) -> String {
        url(PercentEncoding.encode(key.utf8, keepingSlash: true))
    }

    private func url(_ encoded: String) -> String {
        switch style {
        case .virtualHost: "\(scheme)://\(host)/\(encoded)"
        case .path(let bucket): "\(scheme)://\(host)/\(bucket.string)/\(encoded)"
        }
    }
}
