package import S3Protocol

/// Which part of a bucket's keys a listing asks for; all texts are bytes.
package struct ListQuery: Sendable, Equatable {
    /// Only keys that begin with these bytes.
    package var prefix: [UInt8]
    /// Keys whose rest after `prefix` holds these bytes roll up to one common prefix; empty for none.
    package var delimiter: [UInt8]
    /// Only what comes strictly after these bytes, which need not exist.
    ///
    /// A marker that is, or lies inside, a common prefix skips the whole of that prefix.
    package var after: [UInt8]
    /// How many entries, keys and common prefixes together, at most; 0 gives an empty, untruncated page.
    package var limit: Int

    /// A query of these parts.
    package init(prefix: [UInt8] = [], delimiter: [UInt8] = [], after: [UInt8] = [], limit: Int = 1000) {
        self.prefix = prefix
        self.delimiter = delimiter
        self.after = after
        self.limit = limit
    }
}

/// One page of a listing.
package struct ListPage: Sendable, Equatable {
    /// One line of it.
    package enum Entry: Sendable, Equatable {
        /// An object.
        case object(ObjectSummary)
        /// A rolled-up prefix, delimiter included.
        case commonPrefix([UInt8])
    }

    /// In byte order, keys and common prefixes interleaved.
    package var entries: [Entry]
    /// Whether more follow.
    package var isTruncated: Bool

    /// A page of these parts.
    package init(entries: [Entry], isTruncated: Bool) {
        self.entries = entries
        self.isTruncated = isTruncated
    }
}

/// What a listing tells of an object.
package struct ObjectSummary: Sendable, Equatable {
    /// The object's key.
    package var key: ObjectKey
    /// Content length in bytes.
    package var size: Int64
    /// The entity tag.
    package var etag: ETag
    /// Last-Modified.
    package var modified: Timestamp
    /// The algorithm of its stored checksum, if it has one.
    package var checksumAlgorithm: ChecksumAlgorithm?
    /// Whether that checksum is of the whole content or of its parts' checksums.
    package var checksumType: ChecksumType
    /// The storage class, `STANDARD` unless another was given.
    package var storageClass: String
    /// The canonical id of the user who made it; nil for the bucket's owner.
    package var owner: String?

    /// A summary of these parts.
    package init(
        key: ObjectKey,
        size: Int64,
        etag: ETag,
        modified: Timestamp,
        checksumAlgorithm: ChecksumAlgorithm?,
        checksumType: ChecksumType = .fullObject,
        storageClass: String,
        owner: String? = nil
    ) {
        self.key = key
        self.size = size
        self.etag = etag
        self.modified = modified
        self.checksumAlgorithm = checksumAlgorithm
        self.checksumType = checksumType
        self.storageClass = storageClass
        self.owner = owner
    }
}
