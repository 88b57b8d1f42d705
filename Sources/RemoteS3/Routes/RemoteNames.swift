package import S3Protocol

/// What a bucket and its keys are called on either side: pure.
package struct RemoteNames: Hashable, Sendable {
    /// The bucket's name here.
    package let local: BucketName
    /// The bucket's name there.
    package let remote: String
    /// What all its keys begin with there, and here do not; empty for a whole bucket.
    package let prefix: [UInt8]

    /// Names of these parts.
    package init(local: BucketName, remote: String, prefix: [UInt8] = []) {
        self.local = local
        self.remote = remote
        self.prefix = prefix
    }

    /// Whether both sides call everything the same.
    package var areEqual: Bool { prefix.isEmpty && ByteText.equal(local.string, remote) }

    /// A key, or the beginning of one, as it is called there.
    package func there(_ key: some Sequence<UInt8>) -> [UInt8] { prefix + key }

    /// A key, or the beginning of one, as it is called here; one from outside of the prefix stays as it is.
    package func here(_ key: [UInt8]) -> [UInt8] {
        key.starts(with: prefix) ? Array(key.dropFirst(prefix.count)) : key
    }

    /// The key of an object as it is called there.
    ///
    /// - Throws: `KeyTooLongError` when the prefix makes it too long.
    package func there(_ key: ObjectKey) throws(S3Error) -> [UInt8] {
        prefix.isEmpty ? key.utf8 : try ObjectKey(utf8: prefix + key.utf8).utf8
    }
}
