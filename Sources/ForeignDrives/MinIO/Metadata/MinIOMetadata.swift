import S3Protocol

/// The metadata of one version, split into what S3 calls it and what MinIO notes for itself.
///
/// Names are compared without regard to case. What cannot be taken over is named in `losses`; nothing is left out in
/// silence but what says nothing about the object (replication queues, the echo of request headers).
package struct MinIOMetadata: Hashable, Sendable {
    /// The ETag; nil when none is recorded.
    package var etag: ForeignETag?
    /// `content-type`, `cache-control` and so on, by their names in lower case.
    package var headers: [String: String] = [:]
    /// User metadata by its names in lower case, without `x-amz-meta-`.
    package var userMetadata: [String: String] = [:]
    /// The object's tags.
    package var tags: [ForeignTag] = []
    /// The storage class unless it is STANDARD.
    package var storageClass: String?
    /// The retention of object lock.
    package var retention: ForeignRetention?
    /// Whether there is a legal hold; nil when none was ever set.
    package var legalHold: Bool?
    /// `x-amz-restore`: the state of a copy that was fetched back from a tier.
    package var restore: String?
    /// Where replication stands: `PENDING`, `COMPLETED`, `FAILED`, `REPLICA`.
    package var replicationStatus: String?
    /// What cannot be taken over.
    package var losses: [ImportLoss] = []

    /// The client's size of a compressed or multipart object.
    package var actualSize: Int64?
    /// Whether a note says that the data is inline; no proof of it.
    package var saysInline = false
    /// How the stored bytes are compressed.
    package var compression: String?
    /// How the stored bytes are encrypted.
    package var encryption: MinIOEncryption?
    /// Where the data went when it left this drive.
    package var tier: MinIOTier?
    /// Whether the version waits for its deletion elsewhere and is shown as deleted.
    package var isAwaitingDeletion = false
    /// The checksums that clients sent.
    package var checksums: [ForeignChecksum] = []

    /// The metadata of a version.
    package init(system: [ForeignAttribute], user: [ForeignAttribute]) {
        for attribute in user { readUser(attribute) }
        if retentionMode != nil || retentionEnd != nil { takeRetention() }
        let notes = MinIOSystemNotes(system)
        takeNotes(notes)
    }

    /// The metadata out of one list with both kinds, as the FS mode and the layout of before 2020 have it.
    package init(_ attributes: [ForeignAttribute]) {
        let isSystem: (ForeignAttribute) -> Bool = { Self.internalName(of: $0.name) != nil }
        self.init(system: attributes.filter(isSystem), user: attributes.filter { !isSystem($0) })
    }

    // Both halves of a retention, until both were seen.
    var retentionMode: String?
    var retentionEnd: String?

    private static let internalPrefix = "x-minio-internal-"

    /// What follows `x-minio-internal-` (any case) in `name`, in lower case, or nil when `name` begins otherwise.
    static func internalName(of name: String) -> String? {
        let lowercased = ByteText.lowercasedASCII(name)
        guard ByteText.hasPrefix(lowercased, internalPrefix) else { return nil }
        return String(lowercased.dropFirst(internalPrefix.count))
    }

    mutating func lose(_ subject: String, _ message: String) {
        losses.append(ImportLoss(subject, message))
    }
}
