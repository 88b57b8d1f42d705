/// The name of a bucket, checked against S3's rules for general purpose buckets.
///
/// Source: AWS, "General purpose bucket naming rules".
package struct BucketName: Hashable, Sendable {
    /// How many characters a name may have.
    package static let lengths = 3...63

    /// The name as text, ASCII only.
    package let string: String

    /// A checked name.
    ///
    /// - Throws: `InvalidBucketName` when a rule is broken.
    package init(_ name: some StringProtocol) throws(S3Error) {
        let text = String(name)
        guard Self.isValid(Array(text.utf8)) else { throw .invalidBucketName(text) }
        self.string = text
    }

    private static let forbiddenPrefixes = ["xn--", "sthree-", "amzn-s3-demo-"].map { Array($0.utf8) }
    private static let forbiddenSuffixes = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"].map {
        Array($0.utf8)
    }

    private static func isValid(_ bytes: [UInt8]) -> Bool {
        guard lengths.contains(bytes.count), bytes.allSatisfy(isAllowed) else { return false }
        guard let first = bytes.first, let last = bytes.last, isAlphanumeric(first), isAlphanumeric(last) else {
            return false
        }
        return (!bytes.contains(where: isDot) || areDotsValid(bytes))
            && !forbiddenPrefixes.contains(where: { bytes.starts(with: $0) })
            && !forbiddenSuffixes.contains(where: { bytes.suffix($0.count).elementsEqual($0) })
    }

    private static func areDotsValid(_ bytes: [UInt8]) -> Bool {
        let pairs = zip(bytes, bytes.dropFirst())
        if pairs.contains(where: { isDot($0) && !isAlphanumeric($1) || isDot($1) && !isAlphanumeric($0) }) {
            return false
        }
        return !isIPv4(String(decoding: bytes, as: UTF8.self))
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || isDot(byte) || byte == UInt8(ascii: "-")
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isDot(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".")
    }

    private static func isIPv4(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}

extension BucketName: Comparable {
    /// Byte order, the order of ListBuckets.
    package static func < (left: BucketName, right: BucketName) -> Bool {
        left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
    }
}

extension BucketName: CustomStringConvertible {
    /// The name as text.
    package var description: String { string }
}
