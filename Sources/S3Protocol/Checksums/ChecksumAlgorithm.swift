/// A checksum that S3 computes over an object's bytes and clients may send along.
///
/// In the order of S3's own lists.
package enum ChecksumAlgorithm: String, CaseIterable, Hashable, Sendable {
    case crc32 = "CRC32"
    case crc32c = "CRC32C"
    case crc64nvme = "CRC64NVME"
    case md5 = "MD5"
    case sha1 = "SHA1"
    case sha256 = "SHA256"
    case sha512 = "SHA512"
    case xxhash128 = "XXHASH128"
    case xxhash3 = "XXHASH3"
    case xxhash64 = "XXHASH64"

    /// What S3 computes when the client asks for nothing.
    package static let standard = ChecksumAlgorithm.crc64nvme

    /// What the names of all checksum headers and form fields begin with.
    package static let headerPrefix = "x-amz-checksum-"

    /// The algorithm that S3 spells like `name`, in any case, as in `x-amz-sdk-checksum-algorithm`; nil for others.
    package init?(name: some StringProtocol) {
        let lowercased = ByteText.lowercasedASCII(name)
        guard let found = Self.allCases.first(where: { ByteText.equal($0.lowercasedName, lowercased) }) else {
            return nil
        }
        self = found
    }

    /// The algorithm whose value the header or form field `headerName` (any case) carries; nil for other names.
    package init?(headerName: some StringProtocol) {
        guard let suffix = Self.suffix(ofHeaderName: headerName) else { return nil }
        self.init(name: suffix)
    }

    /// The header, form field or trailer that carries the value, in lower case.
    package var headerName: String { Self.headerPrefix + lowercasedName }

    /// The element of a document that carries the value, as in `<ChecksumCRC32>`.
    package var elementName: String { "Checksum" + rawValue }

    /// How many bytes the value has before it is written in base64.
    package var digestLength: Int {
        switch self {
        case .crc32, .crc32c: 4
        case .crc64nvme, .xxhash3, .xxhash64: 8
        case .md5, .xxhash128: 16
        case .sha1: 20
        case .sha256: 32
        case .sha512: 64
        }
    }

    /// S3's spelling in lower case, as some of its texts have it.
    package var lowercasedName: String { ByteText.lowercasedASCII(rawValue) }

    /// What follows `x-amz-checksum-` (any case) in `name`, in lower case, or nil when `name` begins otherwise.
    static func suffix(ofHeaderName name: some StringProtocol) -> String? {
        let lowercased = ByteText.lowercasedASCII(name)
        guard ByteText.hasPrefix(lowercased, headerPrefix) else { return nil }
        return String(decoding: lowercased.utf8.dropFirst(headerPrefix.utf8.count), as: UTF8.self)
    }
}
