import S3Protocol

/// The key of a line of the intents: one that is about to be changed.
struct IntentLine: Hashable, Sendable {
    /// How long the checksum is that each line begins with.
    static let checksumLength = 8

    /// The bucket's id.
    let bucketID: String
    /// The key.
    let key: ObjectKey

    /// A key of this bucket.
    init(bucketID: String, key: ObjectKey) {
        self.bucketID = bucketID
        self.key = key
    }

    /// `<crc32 of the rest, 8 hex> <bucket id> <key, percent-encoded>` without a line end.
    var text: [UInt8] { Self.line(Array(name.utf8)) }

    /// The line which says that what lines before it hold of the key is on disk by itself.
    var settledText: [UInt8] { Self.line(Array("\(name) settled".utf8)) }

    /// How the key stands in a line.
    var name: String { bucketID + " " + PercentEncoding.encode(key.utf8, keepingSlash: true) }

    /// A line of this text behind its checksum.
    static func line(_ rest: [UInt8]) -> [UInt8] {
        line(upTo: rest.count) { space in
            space.copyBytes(from: rest)
            return rest.count
        }
    }

    /// A line of the text that `write` puts into a space of so many bytes, returning how many it took.
    static func line(upTo longest: Int, _ write: (UnsafeMutableRawBufferPointer) -> Int) -> [UInt8] {
        let start = checksumLength + 1
        return [UInt8](unsafeUninitializedCapacity: start + longest) { buffer, count in
            let line = UnsafeMutableRawBufferPointer(buffer)
            let length = write(UnsafeMutableRawBufferPointer(rebasing: line[start...]))
            let rest = UnsafeRawBufferPointer(rebasing: line[start..<(start + length)])
            line.copyBytes(from: checksum(of: rest).utf8)
            line[checksumLength] = UInt8(ascii: " ")
            count = start + length
        }
    }

    /// The checksum of these bytes as it stands in a line.
    static func checksum(of bytes: UnsafeRawBufferPointer) -> String {
        var checksummer = Checksummer(.crc32)
        checksummer.update(bytes)
        return Hex.encode(checksummer.finalize().digest)
    }
}
