import S3Protocol

/// Where versitygw's posix backend keeps what belongs to a bucket or key.
package enum VersityLayout {
    /// The folder in each bucket, and in its versioning folder, that never holds keys.
    package static let temporaryFolder = ".sgwtmp"
    /// What the names of extended attributes begin with on Linux and macOS.
    package static let attributePrefix = "user."
    /// The folder that holds attributes where sidecar files stand for extended ones.
    package static let sidecarFolder = "meta"

    /// The folder of a key's older versions under the versioning folder: `bucket/aa/bb/cc/HEX`.
    ///
    /// HEX is the SHA-256 of the key, which `sha256` computes. The key cannot be told from the folder.
    package static func versionFolder(
        bucket: String,
        key: [UInt8],
        sha256: ([UInt8]) -> [UInt8]
    ) -> DrivePath {
        let name = Hex.encode(sha256(key))
        let pairs = [name.prefix(2), name.dropFirst(2).prefix(2), name.dropFirst(4).prefix(2)]
        return DrivePath(([bucket[...]] + pairs + [name[...]]).joined(separator: "/"))
    }

    /// The folder of a bucket's attributes under the sidecar folder.
    package static func sidecar(ofBucket bucket: String) -> DrivePath {
        DrivePath("\(bucket)/\(sidecarFolder)")
    }

    /// The folder of a key's attributes under the sidecar folder, or nil when the key cannot be a path.
    ///
    /// A key `x/meta` has its file where `x` has this folder: take it as attributes only when the data tree has `x`.
    package static func sidecar(ofBucket bucket: String, key: [UInt8]) -> DrivePath? {
        var path = DrivePath(bucket)
        let isFolder = key.last == UInt8(ascii: "/")
        for name in (isFolder ? key.dropLast() : key[...]).split(separator: 0x2F, omittingEmptySubsequences: false) {
            guard let next = path.appending(Array(name)) else { return nil }
            path = next
        }
        return path.appending(known: sidecarFolder)
    }

    /// The folder of a version's attributes under the sidecar folder: the whole path of its file, and then this folder.
    package static func sidecar(ofVersionFile path: String) -> DrivePath {
        DrivePath(path).appending(known: sidecarFolder)
    }

    /// The attribute's name behind that of an extended attribute, or nil when it is not in the user's namespace.
    package static func attributeName(ofExtended name: String) -> String? {
        guard ByteText.hasPrefix(name, attributePrefix) else { return nil }
        return String(name.dropFirst(attributePrefix.count))
    }

    /// Whether a sidecar file is a temporary one: an attribute's name with digits behind it.
    package static func isTemporarySidecar(_ name: String) -> Bool {
        let bare = String(decoding: name.utf8.reversed().drop { (0x30...0x39).contains($0) }.reversed(), as: UTF8.self)
        return bare.utf8.count < name.utf8.count && VersityAttribute(rawValue: bare) != nil
    }
}
