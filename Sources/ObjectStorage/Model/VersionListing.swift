package import S3Protocol

/// Which part of a bucket's versions a listing asks for; all texts are bytes.
package struct VersionListQuery: Sendable, Equatable {
    /// Only keys that begin with these bytes.
    package var prefix: [UInt8]
    /// Keys whose rest after `prefix` holds these bytes roll up to one common prefix; empty for none.
    package var delimiter: [UInt8]
    /// Only what comes after all versions of this key, or after `afterVersion` of it.
    package var after: [UInt8]
    /// Where in the versions of `after` the page begins; one that is gone still has its place if its time can be told.
    package var afterVersion: VersionID?
    /// How many entries at most.
    package var limit: Int

    /// A query of these parts.
    package init(
        prefix: [UInt8] = [],
        delimiter: [UInt8] = [],
        after: [UInt8] = [],
        afterVersion: VersionID? = nil,
        limit: Int = 1000
    ) {
        self.prefix = prefix
        self.delimiter = delimiter
        self.after = after
        self.afterVersion = afterVersion
        self.limit = limit
    }
}

/// One page of a listing of versions.
package struct VersionListPage: Sendable, Equatable {
    /// One line of it.
    package enum Entry: Sendable, Equatable {
        /// A version with content, or a delete marker.
        case version(VersionSummary)
        /// A rolled-up prefix, delimiter included.
        case commonPrefix([UInt8])
    }

    /// Keys in byte order, of one key the newest first.
    package var entries: [Entry]
    /// Whether more follow.
    package var isTruncated: Bool

    /// A page of these parts.
    package init(entries: [Entry], isTruncated: Bool) {
        self.entries = entries
        self.isTruncated = isTruncated
    }
}

/// What a listing tells of a version.
package struct VersionSummary: Sendable, Equatable {
    /// What a listing tells of its content.
    package var object: ObjectSummary
    /// Its id.
    package var version: VersionID
    /// Whether it is the newest of its key.
    package var isLatest: Bool
    /// Whether it is a delete marker.
    package var isDeleteMarker: Bool

    /// A summary of these parts.
    package init(object: ObjectSummary, version: VersionID, isLatest: Bool, isDeleteMarker: Bool) {
        self.object = object
        self.version = version
        self.isLatest = isLatest
        self.isDeleteMarker = isDeleteMarker
    }
}
