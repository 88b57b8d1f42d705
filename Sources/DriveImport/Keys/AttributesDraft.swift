import ForeignDrives
import ObjectStorage
import S3Protocol

/// What a version's metadata of another server is here, and what of it stays behind.
struct AttributesDraft {
    private static let storageClasses: Set<String> = [
        "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE",
        "GLACIER_IR",
    ]

    private(set) var attributes = ObjectAttributes()
    private(set) var losses: [ImportLoss]

    /// A draft without metadata, of which this much is lost already.
    init(losses: [ImportLoss]) {
        self.losses = losses
    }

    /// Takes `content-type` and its kin, by their names in lower case.
    mutating func take(headers: [String: String], defaultType: String = "binary/octet-stream") {
        attributes.headers = headers
        if headers["content-type"] == nil { attributes.headers["content-type"] = defaultType }
    }

    /// Takes where a website would send who asks for the object.
    mutating func take(redirect: String?) {
        attributes.headers["x-amz-website-redirect-location"] = redirect
    }

    /// Takes a storage class, which is only a label here.
    mutating func take(storageClass: String?) {
        guard let storageClass, Self.storageClasses.contains(storageClass) else { return }
        attributes.headers["x-amz-storage-class"] = storageClass
        losses.removeAll { $0.subject == "storage-class" }
    }

    /// Takes user metadata by its names in lower case, without `x-amz-meta-`.
    mutating func take(metadata: [String: String]) {
        for (name, value) in metadata {
            guard HeaderText.isToken(name) else {
                lose("metadata", "the name \(name) cannot be part of a header")
                continue
            }
            attributes.metadata[name] = EncodedWord.decode(value)
        }
    }

    /// Takes tags as S3 allows them.
    mutating func take(tags: [ForeignTag]) {
        do throws(S3Error) {
            attributes.tags = try TagSet(tags.map { .init($0.key, $0.value) }, of: .object).kept ?? []
        } catch {
            lose("tags", error.reason ?? error.message)
        }
    }

    /// Takes what keeps the version from being deleted.
    mutating func take(retention: ForeignRetention?, legalHold: Bool?) {
        attributes.legalHold = legalHold
        guard let retention else { return }
        guard let end = Timestamp(iso8601: retention.until), let mode = RetentionMode(rawValue: retention.mode.rawValue)
        else { return lose("lock", "the retention until \(retention.until) is not understood") }
        attributes.retention = Retention(mode: mode, retainUntil: end)
    }

    mutating func lose(_ subject: String, _ message: String) {
        losses.append(ImportLoss(subject, message))
    }
}

extension AttributesDraft {
    /// The recorded entity tag, if it can stand in a header.
    mutating func tag(_ recorded: ForeignETag?) -> ETag? {
        guard let recorded else { return nil }
        let isPlain = recorded.text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") }
        if !isPlain { lose("etag", "the ETag cannot stand in a header; the MD5 of the content is it now") }
        return isPlain ? ETag(recorded.text) : nil
    }

    /// The recorded checksums that can be proved and kept: all of one kind, those of parts with the parts' sizes.
    mutating func checksums(_ recorded: [ForeignChecksum], parts: Int) -> ([Checksum], ChecksumType) {
        let whole = recorded.filter { $0.scope == .fullObject }
        let ofParts = recorded.filter { $0.scope == .composite(parts: parts) }
        let kept = whole.isEmpty ? ofParts : whole
        for checksum in recorded where !kept.contains(checksum) {
            lose("checksums", "the \(checksum.algorithm.rawValue) of parts is dropped, as the parts are not known")
        }
        let checksums = kept.compactMap { checksum in
            ChecksumAlgorithm(rawValue: checksum.algorithm.rawValue).map {
                Checksum(algorithm: $0, digest: checksum.digest)
            }
        }
        return (checksums, whole.isEmpty && !checksums.isEmpty ? .composite : .fullObject)
    }
}
