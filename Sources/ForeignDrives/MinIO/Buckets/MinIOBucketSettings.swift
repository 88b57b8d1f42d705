/// The settings of one bucket, out of its `.metadata.bin`.
///
/// Documents are as the bucket's owner sent them and empty when not set; they are the caller's to read again. Settings of
/// replication hold credentials, so that only their presence is told.
package struct MinIOBucketSettings: Hashable, Sendable {
    /// The bucket's name, which should be that of its folder.
    package private(set) var name = ""
    /// When the bucket was made; nil when that is not recorded.
    package private(set) var created: ForeignTime?
    /// The old switch of object lock.
    package private(set) var isLockEnabled = false
    /// The AWS policy in JSON.
    package private(set) var policy: [UInt8] = []
    /// The `VersioningConfiguration` in XML, perhaps with MinIO's extras.
    package private(set) var versioning: [UInt8] = []
    /// The `ObjectLockConfiguration` in XML.
    package private(set) var objectLock: [UInt8] = []
    /// The `Tagging` in XML.
    package private(set) var tagging: [UInt8] = []
    /// The `LifecycleConfiguration` in XML, perhaps with MinIO's extras.
    package private(set) var lifecycle: [UInt8] = []
    /// The `ServerSideEncryptionConfiguration` in XML.
    package private(set) var encryption: [UInt8] = []
    /// The `NotificationConfiguration` in XML.
    package private(set) var notification: [UInt8] = []
    /// The quota's JSON; its limit is `quota`.
    package private(set) var quotaDocument: [UInt8] = []
    /// Whether there is replication or a remote target, which is not taken over.
    package private(set) var hasReplication = false
    /// Names that are not understood.
    package private(set) var unknownNames: [String] = []

    /// Whether object lock is on, and with it versioning, whatever `versioning` says.
    package var impliesVersioning: Bool { isLockEnabled || !objectLock.isEmpty }

    /// Reads the content of the object `.metadata.bin`, without its block hashes.
    ///
    /// - Throws: `malformed`, `truncated`, `unsupportedFormat`.
    package init(_ bytes: [UInt8]) throws(ForeignDriveError) {
        guard bytes.count >= 4 else { throw .truncated(".metadata.bin") }
        guard bytes.starts(with: [1, 0, 1, 0]) else {
            throw .unsupported(".metadata.bin is not of format 1, version 1")
        }
        var reader = MessagePackReader(bytes.dropFirst(4))
        try reader.readMap { name, reader throws(ForeignDriveError) in
            switch name {
            case "Name": self.name = try reader.readText()
            case "Created":
                let time = try reader.readTime()
                created = time.isSet ? time : nil
            case "LockEnabled": isLockEnabled = try reader.readBoolean()
            default: try read(name, &reader)
            }
        }
        guard reader.isAtEnd else { throw .malformed("bytes follow the settings in .metadata.bin") }
    }

    private mutating func read(_ name: String, _ reader: inout MessagePackReader) throws(ForeignDriveError) {
        switch name {
        case "PolicyConfigJSON": policy = Array(try reader.readBinary())
        case "VersioningConfigXML": versioning = Array(try reader.readBinary())
        case "ObjectLockConfigXML": objectLock = Array(try reader.readBinary())
        case "TaggingConfigXML": tagging = Array(try reader.readBinary())
        case "LifecycleConfigXML": lifecycle = Array(try reader.readBinary())
        case "EncryptionConfigXML": encryption = Array(try reader.readBinary())
        case "NotificationConfigXML": notification = Array(try reader.readBinary())
        case "QuotaConfigJSON": quotaDocument = Array(try reader.readBinary())
        case "ReplicationConfigXML", "BucketTargetsConfigJSON", "BucketTargetsConfigMetaJSON":
            let isSet = try !reader.readBinary().isEmpty
            hasReplication = hasReplication || isSet
        default:
            try reader.skip()
            if !name.hasSuffix("UpdatedAt") { unknownNames.append(name) }
        }
    }
}
