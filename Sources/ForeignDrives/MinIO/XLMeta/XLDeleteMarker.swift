/// A delete marker in an `xl.meta`.
package struct XLDeleteMarker: Hashable, Sendable {
    /// The version's id; zero for `null`.
    package let id: ForeignUUID
    /// When the key was deleted.
    package let modified: ForeignTime
    /// MinIO's own notes.
    package let systemMetadata: [ForeignAttribute]

    /// Whether the marker only keeps track of data in a remote tier.
    package var isFree: Bool {
        systemMetadata.contains { MinIOMetadata.internalName(of: $0.name) == "free-version" }
    }

    init(_ reader: inout MessagePackReader) throws(ForeignDriveError) {
        var id: ForeignUUID?
        var modified: Int64?
        var system: [ForeignAttribute] = []
        try reader.readMap { name, reader throws(ForeignDriveError) in
            switch name {
            case "ID": id = try reader.readUUID()
            case "MTime": modified = try reader.readInteger()
            case "MetaSys": system = try reader.readAttributes()
            default: try reader.skip()
            }
        }
        guard let id else { throw .missing("ID", of: "a delete marker") }
        guard let modified else { throw .missing("MTime", of: "a delete marker") }
        self.id = id
        self.modified = ForeignTime(nanosecondsSince1970: modified)
        systemMetadata = system
    }
}

extension MessagePackReader {
    /// Reads a map of names to bytes or strings, in byte order of the names; nil counts as empty.
    mutating func readAttributes() throws(ForeignDriveError) -> [ForeignAttribute] {
        var attributes: [ForeignAttribute] = []
        try readMap { name, reader throws(ForeignDriveError) in
            attributes.append(ForeignAttribute(name, Array(try reader.readBytes())))
        }
        return attributes.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Reads a string or binary data; nil counts as empty.
    private mutating func readBytes() throws(ForeignDriveError) -> ArraySlice<UInt8> {
        let head = try takeHead { if case .binary = $0 { true } else { false } }
        return if let head { try take(head.contentLength) } else { try readTextBytes() }
    }
}
