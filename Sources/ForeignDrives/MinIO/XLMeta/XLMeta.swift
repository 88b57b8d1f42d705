/// One `xl.meta` of MinIO: all versions of one key on one drive, with the data of small ones.
///
/// Understands the formats 1.0 to 1.3, which is everything that MinIO has written since 2020. The whole file is refused
/// when its frame or checksum is wrong; a single version that cannot be read is refused alone, by its `content`.
/// Memory is in proportion to the file; slices of inline data share the file's bytes.
package struct XLMeta: Sendable {
    /// The minor number of the file format, 0 to 3; the major is always 1.
    package let minor: Int
    /// The version of the version headers; only format 1.3 has it.
    package let headerVersion: UInt64?
    /// The version of the version bodies; only format 1.3 has it.
    package let metaVersion: UInt64?
    /// The recorded checksum, which was found right; formats 1.0 and 1.1 have none.
    package let checksum: UInt32?
    /// All versions, free ones too, newest first.
    ///
    /// A version whose time cannot be read stands first, so that no older one is taken for the newest.
    package let versions: [XLVersion]
    /// The data that lies in the file itself, or why its section cannot be read.
    package let inline: Result<XLInlineData, ForeignDriveError>

    /// Reads a whole file.
    ///
    /// - Throws: `malformed`, `truncated`, `unsupportedFormat`, `checksumMismatch`; then nothing of the file is to be
    ///   believed.
    package init(_ bytes: [UInt8]) throws(ForeignDriveError) {
        minor = try Self.minor(of: bytes)
        var reader = MessagePackReader(bytes.dropFirst(8))
        guard minor > 0 else {
            (headerVersion, metaVersion, checksum) = (nil, nil, nil)
            versions = try Self.unindexedVersions(&reader).newestFirst
            inline = .success(XLInlineData())
            return
        }
        let payload = try reader.readBinary()
        checksum = minor >= 2 ? try Self.verifiedChecksum(&reader, of: payload) : nil
        var content = MessagePackReader(payload)
        if minor == 3 {
            let index = try XLVersionIndex(&content)
            (headerVersion, metaVersion) = (index.headerVersion, index.metaVersion)
            versions = index.versions.newestFirst
        } else {
            (headerVersion, metaVersion) = (nil, nil)
            versions = try Self.unindexedVersions(&content).newestFirst
        }
        inline = XLInlineData.read(reader.rest)
    }
}

extension XLMeta {
    private static let magic = Array("XL2 ".utf8)
    /// How the first releases wrote the version: "1" and blanks.
    private static let firstVersion = Array("1   ".utf8)

    private static func minor(of bytes: [UInt8]) throws(ForeignDriveError) -> Int {
        guard bytes.count >= 8, bytes.starts(with: magic) else { throw .malformed("this is no xl.meta of version 2") }
        guard !bytes[4..<8].elementsEqual(firstVersion) else { return 0 }
        let major = Int(bytes[4]) | Int(bytes[5]) << 8
        let minor = Int(bytes[6]) | Int(bytes[7]) << 8
        guard major == 1, minor <= 3 else { throw .unsupported("xl.meta has the unknown format \(major).\(minor)") }
        return minor
    }

    private static func verifiedChecksum(
        _ reader: inout MessagePackReader,
        of payload: ArraySlice<UInt8>
    ) throws(ForeignDriveError) -> UInt32 {
        let recorded = try reader.readUnsigned()
        let computed = UInt32(truncatingIfNeeded: XXHash64.hash(payload))
        guard recorded == UInt64(computed) else { throw .checksumMismatch("xl.meta") }
        return computed
    }

    /// The versions of the formats before 1.3: a map with one list of bodies.
    private static func unindexedVersions(
        _ reader: inout MessagePackReader
    ) throws(ForeignDriveError) -> [XLVersion] {
        var versions: [XLVersion] = []
        try reader.readMap { name, reader throws(ForeignDriveError) in
            guard name == "Versions" else { return try reader.skip() }
            versions = try reader.readArray { reader throws(ForeignDriveError) in
                XLVersion(header: nil, body: try reader.readRaw())
            }
        }
        guard reader.isAtEnd else { throw .malformed("bytes follow the versions in xl.meta") }
        return versions
    }
}
