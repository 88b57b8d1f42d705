/// How MinIO turns an object's key into a folder.
package enum MinIOKey {
    /// What a folder's name ends in when the key ends in a slash.
    package static let folderSuffix = "__XLDIR__"

    /// The key of the object in `folder`, whose first name is the bucket.
    ///
    /// The bytes of the names are the bytes of the key; only the suffix of the last name is no part of it.
    ///
    /// - Throws: `badName` when nothing is left of the key.
    package static func key(of folder: DrivePath) throws(ForeignDriveError) -> [UInt8] {
        var names = folder.names.dropFirst()
        guard let last = names.popLast() else { throw .badName("an object without a key") }
        let suffix = Array(folderSuffix.utf8)
        let isFolder = last.suffix(suffix.count).elementsEqual(suffix)
        let name = isFolder ? last.dropLast(suffix.count) : last[...]
        guard !name.isEmpty else { throw .badName("a key with an empty last name") }
        let slash = UInt8(ascii: "/")
        let parents = names.flatMap { $0 + [slash] }
        return parents + name + (isFolder ? [slash] : [])
    }

    /// Whether a folder may be a bucket: 3 to 63 of `a-z 0-9 . -`, with a letter or digit at both ends.
    static func isBucketName(_ name: [UInt8]) -> Bool {
        guard (3...63).contains(name.count), let first = name.first, let last = name.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && name.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
