import S3Protocol

extension MinIOMetadata {
    private static let headerNames: Set<String> = [
        "content-type", "content-encoding", "content-language", "content-disposition", "cache-control", "expires",
    ]
    private static let userPrefixes = ["x-amz-meta-", "x-minio-meta-"]
    /// What MinIO itself leaves out when it answers, and echoes of request headers.
    private static let silentPrefixes = [
        "x-amz-meta-x-amz-unencrypted-content-", "x-amz-server-side-encryption", "x-amz-restore-",
    ]

    /// Takes one visible attribute to where it belongs.
    mutating func readUser(_ attribute: ForeignAttribute) {
        let name = ByteText.lowercasedASCII(attribute.name)
        guard !Self.silentPrefixes.contains(where: { ByteText.hasPrefix(name, $0) }) else { return }
        guard let value = attribute.text else {
            return lose("metadata", "the value of \(name) is not UTF-8")
        }
        if Self.headerNames.contains(name) {
            headers[name] = value.isEmpty ? nil : value
        } else if let prefix = Self.userPrefixes.first(where: { ByteText.hasPrefix(name, $0) }) {
            readUserMetadata(String(name.dropFirst(prefix.count)), value)
        } else {
            readSpecial(name, value)
        }
    }

    private mutating func readUserMetadata(_ name: String, _ value: String) {
        guard !name.isEmpty else { return lose("metadata", "user metadata without a name") }
        guard userMetadata[name] == nil else {
            return lose("metadata", "a second value of the user metadata \(name)")
        }
        userMetadata[name] = value
    }

    private mutating func readSpecial(_ name: String, _ value: String) {
        switch name {
        case "etag": etag = ForeignETag(value) ?? etag
        case "md5sum": etag = etag ?? ForeignETag(value)
        case "x-amz-tagging": readTags(value)
        case "x-amz-storage-class": readStorageClass(value)
        case "x-amz-object-lock-mode": retentionMode = value.isEmpty ? nil : value
        case "x-amz-object-lock-retain-until-date": retentionEnd = value.isEmpty ? nil : value
        case "x-amz-object-lock-legal-hold": readLegalHold(value)
        case "x-amz-replication-status": readReplicationStatus(value)
        case "x-amz-restore": restore = value.isEmpty ? nil : value
        default: lose("metadata", "\(name) is not understood")
        }
    }

    private mutating func readTags(_ value: String) {
        guard let tags = ForeignTag.tags(query: value) else {
            return lose("tags", "the tags are not a query of percent-encoded UTF-8")
        }
        self.tags = tags
    }

    private mutating func readStorageClass(_ value: String) {
        guard !value.isEmpty, ByteText.lowercasedASCII(value) != "standard" else { return }
        storageClass = value
    }

    private mutating func readLegalHold(_ value: String) {
        switch ByteText.lowercasedASCII(value) {
        case "on": legalHold = true
        case "off": legalHold = false
        case "": break
        default: lose("lock", "the legal hold \(value) is not understood")
        }
    }

    private mutating func readReplicationStatus(_ value: String) {
        replicationStatus = value.isEmpty ? nil : value
        if ["PENDING", "FAILED"].contains(value) { lose("replication", "the replication of this version is \(value)") }
    }

    /// Puts both halves of a retention together.
    mutating func takeRetention() {
        guard let retentionMode, let retentionEnd, let mode = ForeignRetention.Mode(rawValue: retentionMode) else {
            return lose("lock", "the retention \(retentionMode ?? "-") until \(retentionEnd ?? "-") is not understood")
        }
        retention = ForeignRetention(mode: mode, until: retentionEnd)
    }
}

extension ForeignTag {
    /// The tags of `k1=v1&k2=v2`, percent-encoded and with `+` for a blank, or nil when it is no such text.
    static func tags(query: String) -> [ForeignTag]? {
        var tags: [ForeignTag] = []
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let fields = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let value = fields.count > 1 ? fields[1] : ""[...].utf8
            guard let key = decoded(fields[0]), !key.isEmpty, let value = decoded(value) else { return nil }
            tags.append(ForeignTag(key, value))
        }
        return tags
    }

    private static func decoded(_ text: Substring.UTF8View) -> String? {
        PercentEncoding.decode(text, plusIsBlank: true).flatMap { String(validating: $0, as: UTF8.self) }
    }
}
