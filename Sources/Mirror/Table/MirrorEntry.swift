package import S3Protocol

/// What has become of a key of a mirrored bucket.
package enum MirrorState: String, CaseIterable, Sendable {
    /// Nobody has looked at it yet.
    case local
    /// It waits for its turn, the first or a further one.
    case queued
    /// It is being made equal there.
    case uploading
    /// Both sides were found equal.
    case verified
    /// The remote's object was changed by others and is left alone.
    case conflict
    /// The remote refuses what a repetition does not mend; tried again at the longest pause.
    case failed
}

/// What was last known to be at the remote under a key.
package struct MirrorNote: Sendable, Equatable {
    /// The sequence of the write here that it is equal to.
    package var sequence: Int64
    /// The remote's entity tag; nil for no object.
    package var etag: String?
    /// The remote's id of that version, where it has any.
    package var version: String?
    /// The digest of the tags; nil for none.
    package var tags: String?

    /// A note of these parts.
    package init(sequence: Int64, etag: String? = nil, version: String? = nil, tags: String? = nil) {
        self.sequence = sequence
        self.etag = etag
        self.version = version
        self.tags = tags
    }
}

/// An upload in parts that was begun at the remote.
package struct MirrorUpload: Sendable, Equatable {
    /// The remote's id.
    package var id: String
    /// The sequence of the write whose content it is to hold.
    package var sequence: Int64
    /// The bytes of each part but the last, where the parts are not those of the object.
    package var partSize: Int64

    /// An upload of these parts.
    package init(id: String, sequence: Int64, partSize: Int64) {
        self.id = id
        self.sequence = sequence
        self.partSize = partSize
    }
}

/// One key's row.
package struct MirrorEntry: Sendable, Equatable {
    /// The number that the table gives the key's bucket.
    package var bucket: Int64
    /// The bucket's id.
    package var bucketID: String
    /// The key.
    package var key: ObjectKey
    /// What has become of it; never `local` and never `uploading`, which no row says.
    package var state: MirrorState
    /// Grows with every change that is told of.
    package var change: Int64
    /// What is at the remote; nil when nobody knows.
    package var note: MirrorNote?
    /// Bytes of the content when it was queued.
    package var size: Int64
    /// When it got its state; of a queued one, when the first change came that the remote does not have.
    package var since: Timestamp
    /// Tries since the last change that did not succeed.
    package var attempts: Int
    /// When it is tried next.
    package var due: Timestamp
    /// Why the last try did not succeed.
    package var reason: String?
    /// Whether the object here wins over what others put there.
    package var overwrites: Bool
    /// The upload in parts that is under way.
    package var upload: MirrorUpload?
}
