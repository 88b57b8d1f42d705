import S3Protocol

/// A key here, as far as the remote is to be like it.
package enum LocalKey: Sendable, Equatable {
    /// There is an object.
    case object(LocalObject)
    /// There is none, or a delete marker; with the sequence of the latter, or of what was last there.
    case absent(sequence: Int64)

    /// Where it stands in the order of the key's writes.
    package var sequence: Int64 {
        switch self {
        case .object(let object): object.sequence
        case .absent(let sequence): sequence
        }
    }
}

/// An object here.
package struct LocalObject: Sendable, Equatable {
    /// Where its write stands in the order of the key's writes.
    package var sequence: Int64
    /// Its entity tag.
    package var etag: String
    /// Bytes of its content.
    package var size: Int64
    /// The digest of its tags; nil for none.
    package var tags: String?

    /// An object of these parts.
    package init(sequence: Int64, etag: String, size: Int64, tags: String? = nil) {
        self.sequence = sequence
        self.etag = etag
        self.size = size
        self.tags = tags
    }
}

/// What the remote says that it has under a key.
package struct RemoteObject: Sendable, Equatable {
    /// Its entity tag.
    package var etag: String
    /// The remote's id of the version, where it has any.
    package var version: String?
    /// Bytes of its content.
    package var size: Int64
    /// The sequence that our write of it left; nil for what others wrote.
    package var sequence: Int64?
    /// Whether it has tags.
    package var hasTags: Bool
    /// Whether headers and metadata are those of the object here.
    package var hasSameAttributes: Bool
    /// Whether entity tag and checksums may be those of the object here.
    package var mayBeEqual: Bool

    /// An object of these parts.
    package init(
        etag: String,
        version: String? = nil,
        size: Int64,
        sequence: Int64? = nil,
        hasTags: Bool = false,
        hasSameAttributes: Bool = true,
        mayBeEqual: Bool = true
    ) {
        self.etag = etag
        self.version = version
        self.size = size
        self.sequence = sequence
        self.hasTags = hasTags
        self.hasSameAttributes = hasSameAttributes
        self.mayBeEqual = mayBeEqual
    }
}

/// What makes the remote equal to a key here: pure.
package enum MirrorPlan: Sendable, Equatable {
    /// Nothing: it is.
    case nothing
    /// The object is sent; nil when the remote has none.
    case put(replacing: RemoteObject?)
    /// The remote's object is deleted.
    case delete(RemoteObject)
    /// One more delete marker is put before the one that the remote has.
    case mark
    /// Only the tags are sent.
    case tags(RemoteObject)
    /// Others changed the remote's object: it is left alone.
    case conflict(String)

    /// The plan for what is here, what was last known to be there, and what is there.
    ///
    /// What the remote lacks is sent even if it was there before: nobody loses anything by it.
    ///
    /// - Parameters:
    ///   - marker: The remote's id of the delete marker that hides the object there, where it has any.
    ///   - begun: The write whose content was being sent in parts when that was last noted.
    package init(
        local: LocalKey,
        noted: MirrorNote?,
        remote: RemoteObject?,
        marker: String? = nil,
        begun: Int64? = nil,
        overwrites: Bool
    ) {
        guard let remote else {
            switch local {
            case .object: self = .put(replacing: nil)
            case .absent(let sequence): self = Self.isMarked(sequence, noted, marker) ? .mark : .nothing
            }
            return
        }
        if !overwrites, !remote.isUnnamed(local, begun), let reason = Self.conflict(local, noted, remote) {
            self = .conflict(reason)
            return
        }
        switch local {
        case .absent: self = .delete(remote)
        case .object(let object): self = Self.plan(object, noted, remote, isUnnamed: remote.isUnnamed(local, begun))
        }
    }

    /// Whether the marker there is that of an earlier deletion.
    private static func isMarked(_ sequence: Int64, _ noted: MirrorNote?, _ marker: String?) -> Bool {
        guard let noted, let marker, noted.etag == nil else { return false }
        return noted.sequence < sequence && noted.version == marker
    }

    private static func plan(
        _ object: LocalObject,
        _ noted: MirrorNote?,
        _ remote: RemoteObject,
        isUnnamed: Bool
    ) -> MirrorPlan {
        if let noted, noted.sequence == object.sequence, noted.etag == remote.etag {
            return noted.tags == object.tags ? .nothing : .tags(remote)
        }
        let isOfThisWrite = remote.sequence == object.sequence && remote.size == object.size && remote.mayBeEqual
        // Of two writes of the same content here the remote gets both: they are two versions.
        let isAlike = remote.sequence == nil && remote.holdsSameContent(as: object) && remote.hasSameAttributes
        guard isOfThisWrite || isAlike || isUnnamed else { return .put(replacing: remote) }
        return object.tags == nil && !remote.hasTags ? .nothing : .tags(remote)
    }

    /// Why the remote's object is that of others; nil when it is ours.
    private static func conflict(_ local: LocalKey, _ noted: MirrorNote?, _ remote: RemoteObject) -> String? {
        if noted?.etag == remote.etag { return nil }
        if case .object(let object) = local, remote.holdsSameContent(as: object) { return nil }
        guard let sequence = remote.sequence else {
            return "the remote has an object (ETag \(remote.etag)) that was not written from here"
        }
        // A write of ours that could not be noted any more is newer than what was noted.
        if let noted, sequence <= noted.sequence {
            return "the remote's object (ETag \(remote.etag)) is another than the one that was written from here"
        }
        if case .object(let object) = local, sequence > object.sequence {
            return "the remote's object (ETag \(remote.etag)) is of a later write than the one that is here"
        }
        return nil
    }
}

extension RemoteObject {
    /// Whether it is the end of an upload in parts of ours, of an object that had no room for the number of its write.
    fileprivate func isUnnamed(_ local: LocalKey, _ begun: Int64?) -> Bool {
        guard case .object(let object) = local, begun == object.sequence else { return false }
        return sequence == nil && size == object.size && hasSameAttributes && mayBeEqual
    }

    /// Whether the content is the same, as far as entity tags say it.
    fileprivate func holdsSameContent(as object: LocalObject) -> Bool {
        size == object.size && ByteText.equal(etag, object.etag)
    }
}
