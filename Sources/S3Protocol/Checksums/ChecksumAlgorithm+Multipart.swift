extension ChecksumAlgorithm {
    /// What the checksum of an upload in parts may be a checksum of (AWS, "Checking object integrity").
    ///
    /// Only a CRC of a whole follows from those of its parts. CRC64NVME has been of the whole from its beginning.
    package var multipartTypes: [ChecksumType] {
        switch self {
        case .crc32, .crc32c: [.composite, .fullObject]
        case .crc64nvme: [.fullObject]
        case .md5, .sha1, .sha256, .sha512, .xxhash128, .xxhash3, .xxhash64: [.composite]
        }
    }

    /// What it is a checksum of when the client does not say.
    package var defaultMultipartType: ChecksumType {
        self == .crc64nvme ? .fullObject : .composite
    }
}
