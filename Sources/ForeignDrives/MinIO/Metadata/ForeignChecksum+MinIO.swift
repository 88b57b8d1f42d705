extension ForeignChecksum {
    /// The bits of a record's type.
    private enum Bit {
        static let sha256: UInt64 = 2
        static let sha1: UInt64 = 4
        static let crc32: UInt64 = 8
        static let crc32c: UInt64 = 16
        static let invalid: UInt64 = 32
        static let multipart: UInt64 = 64
        static let includesParts: UInt64 = 128
        static let crc64nvme: UInt64 = 256
        static let fullObject: UInt64 = 512
        static let algorithms = sha256 | sha1 | crc32 | crc32c | crc64nvme
    }

    /// The most parts that a multipart upload may have.
    private static let mostParts: UInt64 = 10_000

    /// The checksums of MinIO's note `crc`: records of a type, a digest and, for multipart objects, part digests.
    ///
    /// - Throws: `malformed`, `truncated` or `unsupportedFormat` when one record cannot be read, since where the next
    ///   one begins is not known then.
    static func minioRecords(_ bytes: [UInt8]) throws(ForeignDriveError) -> [ForeignChecksum] {
        var checksums: [ForeignChecksum] = []
        var reader = MessagePackReader(bytes[...])
        while !reader.isAtEnd { checksums.append(try minioRecord(&reader)) }
        return checksums
    }

    private static func minioRecord(_ reader: inout MessagePackReader) throws(ForeignDriveError) -> ForeignChecksum {
        let type = try reader.takeVariableWidth()
        let algorithm = try minioAlgorithm(type)
        let digest = Array(try reader.take(algorithm.digestLength))
        guard type & Bit.multipart != 0 else {
            return ForeignChecksum(algorithm: algorithm, digest: digest, scope: .fullObject)
        }
        let parts = try reader.takeVariableWidth()
        guard (1...mostParts).contains(parts) else { throw .malformed("a checksum is of \(parts) parts") }
        var partDigests: [[UInt8]] = []
        if type & Bit.includesParts != 0 {
            for _ in 0..<parts { partDigests.append(Array(try reader.take(algorithm.digestLength))) }
        }
        let isOfFullObject = type & Bit.fullObject != 0 || algorithm == .crc64nvme
        return ForeignChecksum(
            algorithm: algorithm,
            digest: digest,
            scope: isOfFullObject ? .fullObject : .composite(parts: Int(parts)),
            partDigests: partDigests
        )
    }

    private static func minioAlgorithm(_ type: UInt64) throws(ForeignDriveError) -> Algorithm {
        guard type & Bit.invalid == 0 else { throw .malformed("a checksum is marked invalid") }
        return switch type & Bit.algorithms {
        case Bit.sha256: .sha256
        case Bit.sha1: .sha1
        case Bit.crc32: .crc32
        case Bit.crc32c: .crc32c
        case Bit.crc64nvme: .crc64nvme
        default: throw .unsupported("a checksum is of the unknown type \(type)")
        }
    }
}

extension MessagePackReader {
    /// Takes an unsigned number in the variable width of protocol buffers: seven bits in each byte, lowest first.
    fileprivate mutating func takeVariableWidth() throws(ForeignDriveError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            let byte = try take(1).first ?? 0
            let bits = UInt64(byte & 0x7F)
            guard shift < 63 || bits <= 1 else { break }
            value |= bits << shift
            if byte < 0x80 { return value }
        }
        throw .malformed("a number of variable width is too long")
    }
}
