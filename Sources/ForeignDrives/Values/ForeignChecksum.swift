import S3Protocol

/// A checksum of an object's content that a client sent and another server kept.
package struct ForeignChecksum: Hashable, Sendable {
    /// What computed the digest; the spelling of S3.
    package enum Algorithm: String, CaseIterable, Sendable {
        case crc32 = "CRC32"
        case crc32c = "CRC32C"
        case crc64nvme = "CRC64NVME"
        case sha1 = "SHA1"
        case sha256 = "SHA256"

        /// How many bytes a digest has.
        package var digestLength: Int {
            switch self {
            case .crc32, .crc32c: 4
            case .crc64nvme: 8
            case .sha1: 20
            case .sha256: 32
            }
        }
    }

    /// What a digest is of.
    package enum Scope: Hashable, Sendable {
        /// Of the object's bytes.
        case fullObject
        /// Of the digests of so many parts.
        case composite(parts: Int)
    }

    /// What computed the digest.
    package let algorithm: Algorithm
    /// The digest, as long as the algorithm says.
    package let digest: [UInt8]
    /// What the digest is of.
    package let scope: Scope
    /// The digests of the parts in order, where they are recorded.
    package var partDigests: [[UInt8]] = []

    /// The value as clients see it: base64, with `-N` for a composite of N parts.
    package var text: String {
        switch scope {
        case .fullObject: Base64.encode(digest)
        case .composite(let parts): "\(Base64.encode(digest))-\(parts)"
        }
    }
}

extension ForeignChecksum {
    /// The checksum that clients see as `text`, or nil when that is none of the algorithm.
    package init?(algorithm: Algorithm, text: String) {
        let fields = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard let first = fields.first, fields.count <= 2,
            let digest = Base64.decode(String(decoding: first, as: UTF8.self)), digest.count == algorithm.digestLength
        else { return nil }
        self.algorithm = algorithm
        self.digest = digest
        guard fields.count == 2 else {
            scope = .fullObject
            return
        }
        guard let parts = Int(String(decoding: fields[1], as: UTF8.self)), (1...10_000).contains(parts) else {
            return nil
        }
        scope = .composite(parts: parts)
    }
}
