import CHash

/// Reads gzip (RFC 1952): one member, its checksum and size verified.
enum Gzip {
    private static let headerLength = 10
    private static let trailerLength = 8

    /// Whether `bytes` begin as gzip does.
    static func isCompressed(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x1F, 0x8B])
    }

    /// The content of `bytes`.
    ///
    /// - Throws: `malformed`, `truncated`, `checksumMismatch`, and `tooLarge` beyond `limit` bytes of content.
    static func decompress(_ bytes: [UInt8], limit: Int) throws(ForeignDriveError) -> [UInt8] {
        var inflater = Inflater(try body(of: bytes), limit: limit)
        let content = try inflater.inflate()
        let trailer = inflater.rest
        guard trailer.count == trailerLength else {
            throw .malformed("gzip data has a trailer of \(trailer.count) bytes")
        }
        let sum = content.withUnsafeBytes { chash_crc32_update(0, $0.baseAddress, $0.count) }
        guard number(trailer.prefix(4)) == sum, number(trailer.suffix(4)) == UInt32(truncatingIfNeeded: content.count)
        else { throw .checksumMismatch("gzip data") }
        return content
    }

    /// What follows the header with its optional fields.
    private static func body(of bytes: [UInt8]) throws(ForeignDriveError) -> ArraySlice<UInt8> {
        guard bytes.count >= headerLength, isCompressed(bytes) else { throw .truncated("gzip data") }
        let (method, flags) = (bytes[2], bytes[3])
        guard method == 8, flags & 0xE0 == 0 else { throw .unsupported("gzip data of method \(method)") }
        var rest = bytes[headerLength...]
        if flags & 4 != 0 {
            let length = Int(number(rest.prefix(2)))
            rest = rest.dropFirst(2 + length)
        }
        for flag: UInt8 in [8, 16] where flags & flag != 0 { rest = rest.drop { $0 != 0 }.dropFirst() }
        return flags & 2 != 0 ? rest.dropFirst(2) : rest
    }

    /// A number with its lowest byte first.
    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
