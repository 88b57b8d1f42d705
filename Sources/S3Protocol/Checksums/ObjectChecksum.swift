/// The checksum of an object and what it is a checksum of.
package struct ObjectChecksum: Hashable, Sendable {
    /// The value.
    package let checksum: Checksum
    /// What the value was computed from.
    package let type: ChecksumType
    /// How many parts the object was uploaded in; nil when in one piece, or when that plays no role.
    package let partCount: Int?

    /// A checksum of these values; one of parts must say how many there were.
    package init(_ checksum: Checksum, type: ChecksumType = .fullObject, partCount: Int? = nil) {
        precondition(type == .fullObject || partCount != nil, "a checksum of parts has a number of parts")
        self.checksum = checksum
        self.type = type
        self.partCount = partCount
    }

    /// The checksum that `text` is: padded base64, with `-N` behind it for one of N parts; nil for any other text.
    package init?(algorithm: ChecksumAlgorithm, headerValue text: some StringProtocol) {
        let pieces = text.utf8.split(separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false)
        let base64 = String(decoding: pieces[0], as: UTF8.self)
        guard let checksum = Checksum(algorithm: algorithm, base64: base64) else { return nil }
        guard pieces.count == 2 else {
            self.init(checksum)
            return
        }
        let number = String(decoding: pieces[1], as: UTF8.self)
        // Only the plain spelling: no sign, no leading zero.
        guard let partCount = Int(number), partCount > 0, ByteText.equal("\(partCount)", number) else { return nil }
        self.init(checksum, type: .composite, partCount: partCount)
    }

    /// The checksum of the parts' checksums, one digest behind the other; nil without parts or with several algorithms.
    package static func composite(of parts: [Checksum]) -> ObjectChecksum? {
        guard let algorithm = parts.first?.algorithm, parts.allSatisfy({ $0.algorithm == algorithm }) else {
            return nil
        }
        let digests = parts.flatMap(\.digest)
        return ObjectChecksum(
            Checksummer.checksum(of: digests, algorithm),
            type: .composite,
            partCount: parts.count
        )
    }

    /// The checksum of the whole content, from those of its parts and their lengths; nil where `Checksum.combined` is.
    package static func fullObject(of parts: [(checksum: Checksum, byteCount: Int64)]) -> ObjectChecksum? {
        Checksum.combined(parts).map { ObjectChecksum($0, type: .fullObject, partCount: parts.count) }
    }

    /// The value as headers and most documents write it: base64, with `-N` for one of N parts.
    package var headerValue: String {
        guard type == .composite, let partCount else { return base64 }
        return "\(base64)-\(partCount)"
    }

    /// The value as `GetObjectAttributes` writes it, never with a number of parts.
    package var base64: String { checksum.base64 }
}
