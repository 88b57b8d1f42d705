import ForeignDrives
import ObjectStorage
import S3Protocol

extension BucketDraft {
    /// What MinIO adds to the documents of S3, and is not followed here.
    private static let extras: Set<String> = [
        "ExcludedPrefixes", "ExcludeFolders", "DelMarkerExpiration", "AllVersionsExpiration",
        "ExpiredObjectAllVersions",
    ]

    /// The draft of a bucket of a MinIO drive.
    init(_ bucket: MinIOBucket) {
        losses = bucket.losses
        switch bucket.settings {
        case .absent: break
        case .unreadable(let error): lose("settings", error.description)
        case .known(let known): take(known, of: bucket.name)
        }
    }

    private mutating func take(_ known: MinIOBucketSettings, of bucket: String) {
        created = known.created?.nanosecondsSince1970.map { Timestamp(nanoseconds: $0) }
        takeVersioning(known.versioning)
        takeLock(known)
        takePolicy(known.policy, of: bucket)
        take("tags", known.tagging, to: \.tags) { document throws(S3Error) in
            try TagSet(document: document, of: .bucket).kept ?? []
        }
        if settings.tags?.isEmpty == true { settings.tags = nil }
        take("lifecycle", known.lifecycle, to: \.lifecycle) { document throws(S3Error) in
            try LifecycleConfiguration(document: document)
        }
        noteExtras(known.lifecycle, of: "lifecycle")
        take("encryption", known.encryption, to: \.encryption) { document throws(S3Error) in
            try BucketEncryption(document: document)
        }
        if case .bytes(let bytes)? = known.quota { settings.quota = BucketQuota(bytes: bytes) }
    }

    /// A document without a state is that of a bucket whose versioning was never set.
    private mutating func takeVersioning(_ document: [UInt8]) {
        if let root = try? XMLNode.parse(document), ByteText.trimmed(root["Status"]?.text ?? "").isEmpty { return }
        take("versioning", document, to: \.versioning) { document throws(S3Error) in
            try VersioningConfiguration.parse(document)
        }
        noteExtras(document, of: "versioning")
    }

    private mutating func takeLock(_ known: MinIOBucketSettings) {
        take("lock", known.objectLock, to: \.objectLock) { document throws(S3Error) in
            try ObjectLockConfiguration(document: document)
        }
        if known.isLockEnabled, settings.objectLock == nil { settings.objectLock = ObjectLockConfiguration() }
        if known.impliesVersioning { settings.versioning = .enabled }
    }

    private mutating func noteExtras(_ document: [UInt8], of subject: String) {
        guard !document.isEmpty, let root = try? XMLNode.parse(document) else { return }
        var names: Set<String> = []
        var nodes = [root]
        while let node = nodes.popLast() {
            if Self.extras.contains(node.name) { names.insert(node.name) }
            nodes += node.children
        }
        for name in names.sorted() { lose(subject, "\(name) is MinIO's own and is not followed") }
    }
}
