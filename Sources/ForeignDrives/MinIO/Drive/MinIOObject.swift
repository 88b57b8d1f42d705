/// One key of a bucket with all its versions, as a drive holds it.
package struct MinIOObject: Sendable {
    /// The bucket's name.
    package let bucket: String
    /// The key's bytes, which need not be UTF-8 and may be longer than S3 allows.
    package let key: [UInt8]
    /// The folder that holds the `xl.meta`.
    package let folder: DrivePath
    /// The versions, **oldest first**; empty when the whole file is refused.
    package let versions: [MinIOVersion]
    /// Why nothing of the key can be imported; the versions are not known then.
    package let refusal: ForeignDriveError?
    /// The folder of the object below which this key lies, as `a/b` below `a`; MinIO's own listing misses such keys.
    package let objectAbove: DrivePath?

    /// Whether the newest version cannot be imported, so that an older one would look like the current one.
    package var isLatestMissing: Bool {
        refusal != nil || versions.last?.verdict.isImportable == false
    }
}

/// One version of a key.
package struct MinIOVersion: Sendable {
    /// What a version holds.
    package enum Content: Sendable {
        /// An object's bytes and metadata.
        case object(MinIOContent)
        /// A delete marker.
        case deleteMarker
        /// Nothing that is known; the verdict says why.
        case unreadable
    }

    /// The version's name: `null` or a UUID; nil when it cannot be read.
    package let name: String?
    /// When it was written; nil when that cannot be read.
    package let modified: ForeignTime?
    /// What it holds.
    package let content: Content
    /// Whether it can be imported; never for `unreadable`.
    package let verdict: ImportVerdict
}

/// The bytes and metadata of one version.
package struct MinIOContent: Sendable {
    /// How long the object is.
    package let size: Int64
    /// The ETag, headers, tags, lock and checksums.
    package let metadata: MinIOMetadata
    /// Where the bytes are, part by part in order; empty when the version cannot be imported.
    package let pieces: [MinIOPiece]
    /// Whether the object was uploaded in parts, which its ETag and part sizes tell.
    package var isMultipart: Bool {
        if case .multipart = metadata.etag { true } else { pieces.count > 1 }
    }
}
