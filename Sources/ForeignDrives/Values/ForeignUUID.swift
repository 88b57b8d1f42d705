import S3Protocol

/// Sixteen bytes that name a version, a data folder or a drive.
package struct ForeignUUID: Hashable, Sendable {
    /// The bytes in printed order, always 16.
    package let bytes: [UInt8]

    /// Sixteen zero bytes, which stand for the version `null`.
    package static let zero = ForeignUUID(unchecked: [UInt8](repeating: 0, count: 16))

    /// Nil unless there are exactly 16 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self.init(unchecked: Array(bytes))
    }

    /// The id behind `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` in lower case, the only spelling that MinIO uses on disk.
    package init?(text: some Collection<UInt8>) {
        let digits = text.filter { $0 != UInt8(ascii: "-") }
        guard digits.count == 32, let bytes = Hex.decode(String(decoding: digits, as: UTF8.self)) else { return nil }
        self.init(unchecked: bytes)
        guard self.text.utf8.elementsEqual(text) else { return nil }
    }

    private init(unchecked bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether this is the version `null`.
    package var isZero: Bool { bytes.allSatisfy { $0 == 0 } }

    /// The printed form: lower case, with dashes.
    package var text: String {
        let groups = [bytes[0..<4], bytes[4..<6], bytes[6..<8], bytes[8..<10], bytes[10..<16]]
        return groups.map { Hex.encode($0) }.joined(separator: "-")
    }

    /// The name of a version with this id: `null` or the printed form.
    package var versionName: String { isZero ? "null" : text }
}

extension ForeignUUID: CustomStringConvertible {
    /// The printed form.
    package var description: String { text }
}
