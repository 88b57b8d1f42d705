/// What format 1.3 tells of a version before its body.
package struct XLVersionHeader: Hashable, Sendable {
    /// What a version is.
    package enum Kind: UInt8, Sendable {
        case object = 1
        case deleteMarker = 2
        case legacyObject = 3
    }

    /// The flags of a version.
    package struct Flags: OptionSet, Hashable, Sendable {
        /// The bits as they stand in the file.
        package let rawValue: UInt8

        /// Flags of these bits.
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Bookkeeping for tiered data, never visible.
        package static let free = Flags(rawValue: 1)
        /// The data is on this drive, inline or in a data folder.
        package static let usesDataFolder = Flags(rawValue: 2)
        /// The data was written inline; no proof that it is there.
        package static let inline = Flags(rawValue: 4)
    }

    /// The version's id; zero for `null`.
    package let id: ForeignUUID
    /// When the version was written.
    package let modified: ForeignTime
    /// A fold of the body by which drives vote; 0 where there is none.
    package let signature: UInt32
    /// What the version is, as a number of `Kind` or newer.
    package let kind: UInt64
    /// The flags.
    package let flags: Flags
    /// The shards of parity and of data, from header version 3 on; both 0 for delete markers.
    package let shards: Shards?

    /// The numbers of an erasure code.
    package struct Shards: Hashable, Sendable {
        /// How many shards hold parity.
        package let parity: Int64
        /// How many shards hold data.
        package let data: Int64
    }

    /// Reads the array of a header of version 1 to 3.
    init(_ bytes: ArraySlice<UInt8>, version: UInt64) throws(ForeignDriveError) {
        var reader = MessagePackReader(bytes)
        guard try reader.readArrayCount() == (version == 1 ? 4 : version == 2 ? 5 : 7) else {
            throw .malformed("a version header has the wrong number of fields")
        }
        id = try reader.readUUID()
        modified = ForeignTime(nanosecondsSince1970: try reader.readInteger())
        signature = version == 1 ? 0 : try Self.signature(&reader)
        kind = try reader.readUnsigned()
        flags = Flags(rawValue: UInt8(truncatingIfNeeded: try reader.readUnsigned()))
        shards = version < 3 ? nil : Shards(parity: try reader.readInteger(), data: try reader.readInteger())
        guard reader.isAtEnd else { throw .malformed("bytes follow a version header") }
    }

    private static func signature(_ reader: inout MessagePackReader) throws(ForeignDriveError) -> UInt32 {
        let bytes = try reader.readBinary()
        guard bytes.count == 4 else { throw .malformed("a version's signature has \(bytes.count) bytes") }
        return bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }
}

extension MessagePackReader {
    /// Reads an id of 16 bytes.
    mutating func readUUID() throws(ForeignDriveError) -> ForeignUUID {
        let bytes = try readBinary()
        guard let id = ForeignUUID(bytes) else { throw .malformed("an id has \(bytes.count) bytes instead of 16") }
        return id
    }
}
