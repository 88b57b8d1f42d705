import S3Protocol

/// How MinIO encrypted a version; without the key, which is not on the drive, nobody can read it.
package struct MinIOEncryption: Hashable, Sendable {
    /// Who holds the key.
    package enum Kind: String, Sendable {
        case customerKey = "SSE-C"
        case serverKey = "SSE-S3"
        case managedKey = "SSE-KMS"
        case unknown = "an unknown kind of encryption"
    }

    /// Who holds the key.
    package let kind: Kind
    /// The name of the key in the key management service.
    package let keyName: String?

    /// Nil when nothing in the notes speaks of encryption.
    init?(_ notes: MinIOSystemNotes) {
        let prefix = "server-side-encryption-"
        let traits = ["sealed-key", "server-side-encryption-iv", "server-side-encryption-seal-algorithm"]
        let isEncrypted = notes.values.keys.contains { name in
            name == "encrypted-multipart"
                || (ByteText.hasPrefix(name, prefix) && traits.contains { name.hasSuffix($0) })
        }
        guard isEncrypted else { return nil }
        if notes.values[prefix + "kms-sealed-key"] != nil {
            kind = .managedKey
        } else if notes.values[prefix + "s3-sealed-key"] != nil {
            kind = .serverKey
        } else if notes.values[prefix + "sealed-key"] != nil {
            kind = .customerKey
        } else {
            kind = .unknown
        }
        keyName = notes.text(prefix + "s3-kms-key-id")
    }
}

/// Where the data of a version went when it left its drive for a remote tier.
package struct MinIOTier: Hashable, Sendable {
    /// The tier's name in MinIO's configuration.
    package let name: String
    /// The object's name there.
    package let object: String

    /// Nil when the move never took place or was not completed.
    init?(_ notes: MinIOSystemNotes) {
        guard notes.text("transition-status").map(ByteText.lowercasedASCII) == "complete" else { return nil }
        name = notes.text("transition-tier") ?? "without a name"
        object = notes.text("transitioned-object") ?? "-"
    }
}
