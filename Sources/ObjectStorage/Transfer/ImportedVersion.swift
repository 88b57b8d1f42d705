package import S3Protocol

/// One version of a key as another system has it, to be taken over as it is.
package struct ImportedVersion: Sendable {
    /// Its id, which it keeps; `null` for one that has none.
    package var version: VersionID
    /// Last-Modified.
    package var modified: Timestamp
    /// What it holds; nil for a delete marker.
    package var content: ImportedContent?

    /// A version of these parts.
    package init(version: VersionID, modified: Timestamp, content: ImportedContent?) {
        self.version = version
        self.modified = modified
        self.content = content
    }
}

/// The bytes and metadata of a version that is taken over.
package struct ImportedContent: Sendable {
    /// How many bytes there have to be.
    package var size: Int64
    /// The entity tag, kept as it is; nil when there is none, and then the MD5 becomes it.
    ///
    /// 32 hexadecimal digits have to be the MD5 of the content, those with `-N` that of its N parts' where `parts` are
    /// known. One part is let off: such tags may be random.
    package var etag: ETag?
    /// Recorded checksums, which have to be right; those of parts only together with `parts`.
    package var checksums: [Checksum] = []
    /// What the checksums are of.
    package var checksumType = ChecksumType.fullObject
    /// What a client has set.
    package var attributes = ObjectAttributes()
    /// The parts that it was uploaded in, in order; their sizes add up to `size`.
    package var parts: [ObjectPart] = []
    /// Puts the content into the sink; called on the blocking pool, at most once.
    package var write: @Sendable (ImportSink) throws -> Void

    /// Content of this size and tag.
    package init(size: Int64, etag: ETag?, write: @escaping @Sendable (ImportSink) throws -> Void) {
        self.size = size
        self.etag = etag
        self.write = write
    }
}

/// What became of a version that was to be taken over.
package enum ImportOutcome: Sendable, Equatable {
    /// It is here now.
    case imported
    /// It was here before.
    case present
    /// It is not here, for this reason.
    case refused(String)
}
