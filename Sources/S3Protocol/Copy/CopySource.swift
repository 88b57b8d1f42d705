/// The object, or one version of it, that a copy or a rename takes its content from.
package struct CopySource: Equatable, Sendable {
    /// The bucket.
    package let bucket: BucketName
    /// The key.
    package let key: ObjectKey
    /// The version; nil for the current one.
    package let version: VersionID?

    /// A source of these parts.
    package init(bucket: BucketName, key: ObjectKey, version: VersionID?) {
        self.bucket = bucket
        self.key = key
        self.version = version
    }

    /// The source in `x-amz-copy-source`: `[/]bucket/key[?versionId=…]`, encoded as a form: `+` is a blank, and the
    /// slashes may be escaped too.
    ///
    /// - Throws: `InvalidArgument` for everything else, `NotImplemented` for an access point's ARN.
    package init(copySource value: String) throws(S3Error) {
        let text = try SourceText(value, header: CopySourceHeader.copy.rawValue)
        guard !ByteText.hasPrefix(text.path, "arn:") else { throw .notImplemented(header: text.header) }
        guard let (bucket, key) = text.split() else { throw .copySourceWithoutKey(value, header: text.header) }
        try self.init(bucket: bucket, key: key, text)
    }

    /// The source in `x-amz-rename-source`: as in a copy, and always in the bucket of the request, so that AWS's own
    /// examples leave the bucket out (`/key`).
    ///
    /// - Throws: `InvalidArgument` for everything else, and for a version, since only a key can be renamed.
    package init(renameSource value: String, in bucket: BucketName) throws(S3Error) {
        let text = try SourceText(value, header: CopySourceHeader.rename.rawValue)
        guard text.version == nil else { throw .invalidCopySourceKey(value, header: text.header) }
        if let (named, key) = text.split(), ByteText.equal(named, bucket.string) {
            try self.init(bucket: named, key: key, text)
        } else {
            try self.init(bucket: bucket.string, key: text.path, text)
        }
    }

    private init(bucket: String, key: String, _ text: SourceText) throws(S3Error) {
        guard let bucket = try? BucketName(bucket) else {
            throw .invalidCopySourceBucket(text.value, header: text.header)
        }
        guard let key = try? ObjectKey(key) else { throw .invalidCopySourceKey(text.value, header: text.header) }
        self.init(bucket: bucket, key: key, version: text.version)
    }
}

/// A source header's value, decoded once; its parts not yet checked.
private struct SourceText {
    let value: String
    let header: String
    /// Without the slash that may come first.
    let path: String
    let version: VersionID?

    init(_ value: String, header: String) throws(S3Error) {
        let (rawPath, rawVersion) = Self.cut(value)
        let decoded = try [rawPath, rawVersion ?? []].map { bytes throws(S3Error) in
            guard let text = Self.decode(bytes) else { throw .invalidCopySourceEncoding(value, header: header) }
            return text
        }
        let path = decoded[0]
        self.value = value
        self.header = header
        self.path = ByteText.hasPrefix(path, "/") ? String(decoding: path.utf8.dropFirst(), as: UTF8.self) : path
        version = rawVersion == nil ? nil : try VersionID(decoded[1])
    }

    /// Bucket and key, cut at the first slash.
    func split() -> (bucket: String, key: String)? {
        let halves = path.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        return (String(decoding: halves[0], as: UTF8.self), String(decoding: halves[1], as: UTF8.self))
    }

    /// Cuts at the last `?versionId=`, before anything is decoded: a key may hold that text with an escaped `?`.
    private static func cut(_ value: String) -> (path: [UInt8], version: [UInt8]?) {
        let bytes = Array(value.utf8)
        let mark = Array("?versionId=".utf8)
        let starts = bytes.indices.reversed()
        guard let start = starts.first(where: { bytes[$0...].starts(with: mark) }) else { return (bytes, nil) }
        return (Array(bytes[..<start]), Array(bytes[(start + mark.count)...]))
    }

    private static func decode(_ bytes: [UInt8]) -> String? {
        PercentEncoding.decode(bytes, plusIsBlank: true).flatMap { String(validating: $0, as: UTF8.self) }
    }
}
