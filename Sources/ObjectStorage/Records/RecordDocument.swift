import S3Protocol

/// The fields of a record as they stand on disk (`storage/README.md`, "The record").
struct RecordDocument: Sendable {
    /// The version of the form that is written here; a higher one is refused.
    static let currentVersion: Int64 = 1

    var v: Int64 = currentVersion
    var key: String?
    var bucket: String
    var seq: Int64
    var version: String?
    var size: Int64?
    var mtime: Int64?
    var etag: String?
    var sum: [String: String] = [:]
    var sumtype: String?
    var head: [String: String] = [:]
    var meta: [String: String] = [:]
    var tags: [ObjectAttributes.Tag] = []
    var marker = false
    var lock: LockDocument?
    var acl: String?
    var parts: [ObjectPart] = []
    var upload: String?
    var owner: String?
    var sidecar: String?
    var kh: String?

    /// The whole record in one document.
    init(_ record: ObjectRecord) {
        self.init(ofVersion: record)
        key = record.key.string
        for checksum in record.checksums { sum[checksum.algorithm.rawValue] = checksum.base64 }
        sumtype = record.checksums.isEmpty ? nil : record.checksumType.rawValue
        head = record.attributes.headers
        meta = record.attributes.metadata
        tags = record.attributes.tags
        acl = record.attributes.accessControl
        parts = record.parts
        owner = record.attributes.owner
    }

    /// What stands in the attribute when the record is in a sidecar of this name.
    init(_ record: ObjectRecord, sidecar name: SidecarName) {
        self.init(ofVersion: record)
        sidecar = name.nonce
        kh = SidecarName.keyDigest(record.key)
    }

    /// What stands in the attribute in either case.
    private init(ofVersion record: ObjectRecord) {
        bucket = record.bucketID
        seq = record.sequence
        version = record.version.text
        size = record.size
        mtime = record.modified.nanoseconds
        etag = record.etag.text
        marker = record.isDeleteMarker
        lock = LockDocument(record.attributes)
        upload = record.uploadID
    }

    /// The sidecar that the record stands in, nil when it stands here.
    var sidecarName: SidecarName? {
        guard let sidecar, let kh else { return nil }
        return SidecarName(bucketID: bucket, keyDigest: kh, nonce: sidecar)
    }

    /// The record that these fields are, or nil when one is missing or malformed.
    var record: ObjectRecord? {
        guard let key, let objectKey = try? ObjectKey(key), let version, let versionID = try? VersionID(version),
            let size, let mtime, let etag
        else { return nil }
        var record = ObjectRecord(
            key: objectKey,
            bucketID: bucket,
            sequence: seq,
            version: versionID,
            size: size,
            modified: Timestamp(nanoseconds: mtime),
            etag: ETag(etag),
            checksums: checksums,
            attributes: attributes
        )
        record.checksumType = sumtype.flatMap(ChecksumType.init(rawValue:)) ?? .fullObject
        record.isDeleteMarker = marker
        record.parts = parts
        record.uploadID = upload
        return record
    }

    private var attributes: ObjectAttributes {
        var attributes = ObjectAttributes(headers: head, metadata: meta, tags: tags)
        attributes.retention = lock?.retention
        attributes.legalHold = lock?.hold
        attributes.accessControl = acl
        attributes.owner = owner
        return attributes
    }

    private var checksums: [Checksum] {
        sum.compactMap { name, value in
            ChecksumAlgorithm(rawValue: name).flatMap { Checksum(algorithm: $0, base64: value) }
        }.sorted { $0.algorithm.rawValue < $1.algorithm.rawValue }
    }
}

/// What keeps a version from being deleted, as it stands in its record.
struct LockDocument: Sendable, Equatable {
    var mode: String?
    var until: Int64?
    var hold: Bool?

    /// The lock that these attributes are; nil when there is none.
    init?(_ attributes: ObjectAttributes) {
        guard attributes.retention != nil || attributes.legalHold != nil else { return nil }
        mode = attributes.retention?.mode.rawValue
        until = attributes.retention?.retainUntil.nanoseconds
        hold = attributes.legalHold
    }

    /// A lock of these members.
    init(mode: String?, until: Int64?, hold: Bool?) {
        self.mode = mode
        self.until = until
        self.hold = hold
    }

    /// The retention, if there is one.
    var retention: Retention? {
        guard let mode = mode.flatMap(RetentionMode.init(rawValue:)), let until else { return nil }
        return Retention(mode: mode, retainUntil: Timestamp(nanoseconds: until))
    }
}
