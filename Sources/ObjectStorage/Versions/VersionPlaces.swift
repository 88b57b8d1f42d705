import S3Protocol

extension KeyPlace {
    /// The directory of all noncurrent versions and delete markers of a bucket.
    static func versionsDirectory(_ bucketID: String) -> String { ".larder/versions/\(bucketID)" }

    /// The place of a noncurrent version or a delete marker.
    static func version(_ id: VersionID, of key: ObjectKey, bucketID: String) -> KeyPlace {
        KeyPlace(kind: .version, directory: versions(of: key, bucketID: bucketID), name: id.text)
    }

    /// The directory of a key's noncurrent versions and delete markers.
    static func versions(of key: ObjectKey, bucketID: String) -> String {
        let digest = SidecarName.keyDigest(key)
        return "\(versionsDirectory(bucketID))/\(digest.prefix(2))/\(digest)"
    }
}

extension VersionID {
    /// A new id for the write of this sequence.
    ///
    /// Begins with the sequence, so that a listing that goes on behind a version which is gone still knows its place.
    static func make(_ sequence: Int64) -> VersionID {
        let order = withUnsafeBytes(of: sequence.bigEndian) { Hex.encode($0) }
        // Hexadecimal digits are always an id.
        return (try? VersionID(order + Nonce.make().prefix(16))) ?? .null
    }

    /// The sequence that the id began with, nil when it was not made here.
    var sequence: Int64? {
        guard text.utf8.count == 32, let bytes = Hex.decode(text.prefix(16)) else { return nil }
        return bytes.reduce(0) { $0 << 8 | Int64($1) }
    }
}
