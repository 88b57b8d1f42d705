package import S3Protocol

/// Keeps others from writing where Larder keeps styles.
package struct StylesGuard: Sendable {
    private let buckets: Set<BucketName>
    private let prefix: String

    /// A guard of the buckets that take attachments.
    package init(_ configuration: AttachmentsConfiguration) {
        buckets = Set(configuration.buckets)
        prefix = configuration.stylesPrefix
    }

    /// Whether only Larder writes this key; in buckets that take no attachments the prefix is an ordinary one.
    package func reserves(_ key: ObjectKey, in bucket: BucketName) -> Bool {
        buckets.contains(bucket) && key.utf8.starts(with: prefix.utf8)
    }

    /// Refuses a write or delete by a client of a key that is reserved.
    ///
    /// - Throws: `AccessDenied`.
    package func checkWrite(_ key: ObjectKey, in bucket: BucketName) throws(S3Error) {
        guard reserves(key, in: bucket) else { return }
        throw S3Error.accessDenied().because("keys under '\(prefix)' in bucket '\(bucket)' are written by Larder only")
    }
}
