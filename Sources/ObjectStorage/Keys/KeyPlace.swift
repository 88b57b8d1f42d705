import S3Protocol

/// Where the current version of a key can lie, as a path below the storage root (`storage/README.md`, "Keys").
struct KeyPlace: Hashable, Sendable {
    /// Which of the two kinds of place it is.
    enum Kind: Sendable {
        /// The key itself as a path below the bucket's directory.
        case natural
        /// A name made from the key's digest, for keys that cannot be paths and for those whose path is obstructed.
        case escaped
        /// That of a noncurrent version or a delete marker.
        case version
    }

    /// Which kind it is.
    let kind: Kind
    /// The directory, below the root.
    let directory: String
    /// The file's name in it.
    let name: String

    /// The whole path below the root.
    var path: String { "\(directory)/\(name)" }

    /// The natural place of a key, or nil when the key is not a safe path.
    static func natural(_ key: ObjectKey, bucket: BucketName) -> KeyPlace? {
        guard isSafePath(key.utf8) else { return nil }
        let text = key.string
        let root = bucketDirectory(bucket)
        guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            return KeyPlace(kind: .natural, directory: root, name: text)
        }
        let name = String(text[text.utf8.index(after: slash)...])
        return KeyPlace(kind: .natural, directory: "\(root)/\(text[..<slash])", name: name)
    }

    /// The escaped place of a key; every key has one.
    static func escaped(_ key: ObjectKey, bucketID: String) -> KeyPlace {
        let digest = Hex.encode(SHA256.hash(data: key.utf8))
        return KeyPlace(kind: .escaped, directory: "\(escapedDirectory(bucketID))/\(digest.prefix(2))", name: digest)
    }

    /// The directory of a bucket's natural places.
    static func bucketDirectory(_ bucket: BucketName) -> String { "buckets/\(bucket.string)" }

    /// The directory of a bucket's escaped places.
    static func escapedDirectory(_ bucketID: String) -> String { ".larder/escaped/\(bucketID)" }
}

extension KeyPlace {
    private static let longestSegment = 255
    private static let mostSegments = 64
    private static let reservedFirst = Array("lost+found".utf8)
    private static let reservedPrefix = Array(".nfs".utf8)

    /// Whether a key can be a path as it stands.
    static func isSafePath(_ key: [UInt8]) -> Bool {
        var (start, count) = (key.startIndex, 0)
        while true {
            let end = key[start...].firstIndex(of: UInt8(ascii: "/")) ?? key.endIndex
            let segment = key[start..<end]
            count += 1
            guard count <= mostSegments, isSafeSegment(segment) else { return false }
            guard count > 1 || !segment.elementsEqual(reservedFirst) else { return false }
            guard end < key.endIndex else { return true }
            start = end + 1
        }
    }

    private static func isSafeSegment(_ segment: ArraySlice<UInt8>) -> Bool {
        guard (1...longestSegment).contains(segment.count) else { return false }
        guard segment.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return false }
        guard !segment.elementsEqual(".".utf8), !segment.elementsEqual("..".utf8) else { return false }
        return !segment.starts(with: reservedPrefix)
    }
}
