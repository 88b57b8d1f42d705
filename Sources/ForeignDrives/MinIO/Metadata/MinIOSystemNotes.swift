import S3Protocol

/// MinIO's own notes of a version, by their names without `x-minio-internal-`, in lower case.
struct MinIOSystemNotes {
    private(set) var values: [String: [UInt8]] = [:]
    /// Names that occur twice, spelt differently and with different values.
    private(set) var conflicts: [String] = []

    init(_ attributes: [ForeignAttribute]) {
        for attribute in attributes {
            let name = MinIOMetadata.internalName(of: attribute.name) ?? ByteText.lowercasedASCII(attribute.name)
            if let known = values[name], known != attribute.value { conflicts.append(name) }
            values[name] = attribute.value
        }
    }

    /// The text of a note, or nil when there is none or it is not UTF-8.
    func text(_ name: String) -> String? {
        values[name].flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// Names that are neither understood nor known to be of no use.
    var unknownNames: [String] {
        values.keys.filter { !Self.isKnown($0) }.sorted()
    }

    private static let knownNames: Set<String> = [
        "inline-data", "actual-size", "compression", "crc", "encrypted-multipart", "replication-status",
        "replication-timestamp", "replica-status", "replica-timestamp", "tagging-timestamp",
        "objectlock-retention-timestamp", "objectlock-legalhold-timestamp", "purgestatus", "transition-status",
        "transition-tier", "transitioned-object", "transitioned-versionid", "free-version", "tier-free-versionid",
        "tier-free-marker", "healing", "data-mov", "erasure-upgraded", "archive-type", "archive-info",
    ]
    private static let knownPrefixes = ["server-side-encryption-", "replication-reset-"]

    private static func isKnown(_ name: String) -> Bool {
        knownNames.contains(name) || knownPrefixes.contains { ByteText.hasPrefix(name, $0) }
    }
}

extension MinIOMetadata {
    /// Takes MinIO's notes to where they belong.
    mutating func takeNotes(_ notes: MinIOSystemNotes) {
        actualSize = notes.text("actual-size").flatMap(Int64.init)
        saysInline = notes.text("inline-data").map(ByteText.lowercasedASCII) == "true"
        compression = notes.values["compression"].map { String(decoding: $0, as: UTF8.self) }
        encryption = MinIOEncryption(notes)
        tier = MinIOTier(notes)
        isAwaitingDeletion = notes.values["purgestatus"].map { !$0.isEmpty } ?? false
        readChecksums(notes.values["crc"] ?? [])
        readReplication(notes.text("replication-status") ?? "")
        if notes.values["actual-size"] != nil, actualSize == nil { lose("metadata", "the actual size is no number") }
        for name in notes.unknownNames { lose("metadata", "MinIO's note \(name) is not understood") }
        for name in notes.conflicts { lose("metadata", "MinIO's note \(name) has two values") }
    }

    private mutating func readChecksums(_ bytes: [UInt8]) {
        // The checksums of encrypted objects are sealed as well.
        guard !bytes.isEmpty, encryption == nil else { return }
        do throws(ForeignDriveError) {
            checksums = try ForeignChecksum.minioRecords(bytes)
        } catch {
            lose("checksums", error.message)
        }
    }

    /// Reads `ARN=STATUS;ARN=STATUS;`.
    private mutating func readReplication(_ text: String) {
        for target in text.split(separator: ";") {
            guard let status = target.split(separator: "=").last, ["PENDING", "FAILED"].contains(status) else {
                continue
            }
            lose("replication", "the replication to a target is \(status)")
        }
    }
}
