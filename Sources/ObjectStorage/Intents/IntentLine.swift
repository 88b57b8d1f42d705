import S3Protocol

/// One line of the intent log: a key that is about to be changed.
struct IntentLine: Hashable, Sendable {
    /// The bucket's id.
    let bucketID: String
    /// The key.
    let key: ObjectKey

    /// `<crc32 of the rest, 8 hex> <bucket id> <key, percent-encoded>` without a line end.
    var text: String {
        let rest = bucketID + " " + PercentEncoding.encode(key.utf8, keepingSlash: true)
        return "\(Self.checksum(rest)) \(rest)"
    }

    /// A line of these parts.
    init(bucketID: String, key: ObjectKey) {
        self.bucketID = bucketID
        self.key = key
    }

    /// A line as it was written, nil for one that is empty or torn.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, ByteText.equal(parts[0], Self.checksum("\(parts[1]) \(parts[2])")),
            let utf8 = PercentEncoding.decode(parts[2].utf8, plusIsBlank: false), let key = try? ObjectKey(utf8: utf8)
        else { return nil }
        bucketID = String(parts[1])
        self.key = key
    }

    /// The good lines of a segment; torn and empty ones are skipped.
    static func lines(of segment: [UInt8]) -> [IntentLine] {
        segment.split(separator: UInt8(ascii: "\n")).compactMap { IntentLine($0) }
    }

    private static func checksum(_ text: String) -> String {
        Hex.encode(Checksummer.checksum(of: Array(text.utf8), .crc32).digest)
    }
}
