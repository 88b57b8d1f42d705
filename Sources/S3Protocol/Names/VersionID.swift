/// The identifier of one version of an object; `null` names the version of a bucket without versioning.
package struct VersionID: Hashable, Sendable {
    /// The identifier as it stands in `versionId` and `x-amz-version-id`.
    package let text: String

    /// The version that objects have in a bucket whose versioning was never enabled, or is suspended.
    package static let null = VersionID(unchecked: "null")

    /// An identifier of 1 to 128 of `A-Z a-z 0-9 _ -`, which is also safe as a file name.
    ///
    /// - Throws: `InvalidArgument` with S3's text otherwise.
    package init(_ text: some StringProtocol) throws(S3Error) {
        let isSafe = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
        guard isSafe, (1...128).contains(text.utf8.count) else {
            throw .invalidArgument("Invalid version id specified", name: "versionId", value: String(text))
        }
        self.text = String(text)
    }

    private init(unchecked text: String) {
        self.text = text
    }
}
