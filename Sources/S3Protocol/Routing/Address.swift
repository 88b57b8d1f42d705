/// What a request's host and path name: the service, a bucket, or an object.
package struct Address: Equatable, Sendable {
    /// How the bucket was named.
    package enum Style: Equatable, Sendable {
        /// In the path's first segment.
        case path
        /// In the host, before a base domain.
        case virtualHost
        /// By a host of its own.
        case customHost
    }

    /// What is named.
    package enum Scope: String, Equatable, Sendable {
        /// The list of buckets.
        case service
        /// A bucket.
        case bucket
        /// An object.
        case object
    }

    /// How the bucket was named.
    package let style: Style
    /// The `Host` header as received, port included; empty when there was none.
    package let host: String
    /// The bucket, unless the service is named.
    package let bucket: BucketName?
    /// The key, when an object is named.
    package let key: ObjectKey?

    /// What is named.
    package var scope: Scope {
        guard bucket != nil else { return .service }
        return key == nil ? .bucket : .object
    }

    /// An address of these parts.
    package init(style: Style, host: String, bucket: BucketName?, key: ObjectKey?) {
        self.style = style
        self.host = host
        self.bucket = bucket
        self.key = key
    }
}
