/// The identifier of one version of an object; `null` names the version of a bucket without versioning.
package struct VersionID: Hashable, Sendable {
    /// The identifier as it stands in `versionId` and `x-amz-version-id`.
    package let text: String

    /// The version that objects have in a bucket whose versioning was never enabled, or is suspended.
    package static let null = VersionID(unchecked: "null")

    /// An identifier of a form that is made here or that an import brings along: 32 lower-case hexadecimal digits, a UUID
    /// (MinIO), a ULID (versitygw), or `null`; also safe as a file name.
    ///
    /// - Throws: `InvalidArgument` with S3's text otherwise: no such version was ever issued.
    package init(_ text: some StringProtocol) throws(S3Error) {
        guard Self.isKnownForm(Array(text.utf8)) else {
            throw .invalidArgument("Invalid version id specified", name: "versionId", value: String(text))
        }
        self.text = String(text)
    }

    /// An identifier that a remote S3 issued, in whatever form; never the name of a file.
    package init(ofRemote text: String) {
        self.init(unchecked: text)
    }

    private static func isKnownForm(_ bytes: [UInt8]) -> Bool {
        switch bytes.count {
        case 4: bytes.elementsEqual("null".utf8)
        case 26: bytes.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
        case 32: bytes.allSatisfy(isHexDigit)
        case 36:
            bytes.enumerated().allSatisfy { position, byte in
                [8, 13, 18, 23].contains(position) ? byte == UInt8(ascii: "-") : isHexDigit(byte)
            }
        default: false
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    private init(unchecked text: String) {
        self.text = text
    }
}
