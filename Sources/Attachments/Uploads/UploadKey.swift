package import S3Protocol

/// A key under the upload prefix, taken apart: `async_uploads/<uuid>` and what a client made of it.
package struct UploadKey: Equatable, Sendable {
    /// The prefix of the authorization: `async_uploads/<uuid>`.
    package let authorization: String
    /// The last component of what follows the UUID and a slash; nil without one.
    package let filename: String?
    /// The key itself.
    package let key: ObjectKey

    /// Takes a key apart; nil when no UUID follows the prefix.
    ///
    /// Forms allow every key that begins with the UUID, one without a slash behind it included.
    package init?(_ key: ObjectKey, uploadPrefix: String) {
        guard key.utf8.starts(with: uploadPrefix.utf8) else { return nil }
        let rest = key.utf8.dropFirst(uploadPrefix.utf8.count)
        let uuid = rest.prefix(Self.uuidLength)
        guard Self.isUUID(uuid) else { return nil }
        self.key = key
        authorization = uploadPrefix + String(decoding: uuid, as: UTF8.self)
        filename = Self.filename(rest.dropFirst(Self.uuidLength))
    }

    private static let uuidLength = 36
    private static let hyphens: Set<Int> = [8, 13, 18, 23]

    private static func isUUID(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count == uuidLength
            && bytes.enumerated().allSatisfy { index, byte in
                guard !hyphens.contains(index) else { return byte == UInt8(ascii: "-") }
                return (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
            }
    }

    private static func filename(_ tail: ArraySlice<UInt8>) -> String? {
        guard let slash = tail.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        let name = tail[(slash + 1)...]
        return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    }
}
