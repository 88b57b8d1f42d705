extension XLObject {
    /// The folder with the part files of an object from before 2020.
    static let legacyFolder = "legacy"

    /// Reads the record `V1Obj`, whose names are those of Go fields.
    init(legacy reader: inout MessagePackReader) throws(ForeignDriveError) {
        var fields = Fields()
        try reader.readMap { name, reader throws(ForeignDriveError) in try fields.read(name, &reader) }
        guard let size = fields.size else { throw .missing("Stat.Size", of: "a legacy object") }
        guard let modified = fields.modified else { throw .missing("Stat.ModTime", of: "a legacy object") }
        guard fields.hasKnownFolder else { throw .badName("a legacy object names a strange data folder") }
        self.init(
            id: .zero,
            dataFolder: fields.dataFolder.isEmpty ? Self.legacyFolder : fields.dataFolder,
            isLegacy: true,
            erasure: fields.erasure,
            protection: fields.protection,
            parts: fields.parts,
            size: size,
            modified: modified,
            systemMetadata: fields.metadata.filter { MinIOMetadata.internalName(of: $0.name) != nil },
            userMetadata: fields.metadata.filter { MinIOMetadata.internalName(of: $0.name) == nil }
        )
    }
}

/// What was read so far of the record.
private struct Fields {
    /// The algorithm of checksums that stand in front of each block.
    static let blockHashes: Int64 = 3

    var size: Int64?
    var modified: ForeignTime?
    var erasure = XLObject.Erasure()
    var hashes: [Int64: XLObject.WholeFileHash] = [:]
    var metadata: [ForeignAttribute] = []
    var parts: [XLObject.Part] = []
    var dataFolder = ""

    var protection: XLObject.Protection {
        !hashes.isEmpty && hashes.values.allSatisfy { $0.algorithm == Self.blockHashes }
            ? .blockHashes : .wholeFiles(hashes)
    }

    /// Whether the folder is one that MinIO makes, and no path to somewhere else.
    var hasKnownFolder: Bool {
        dataFolder.isEmpty || dataFolder == XLObject.legacyFolder || ForeignUUID(text: dataFolder.utf8) != nil
    }

    mutating func read(_ name: String, _ reader: inout MessagePackReader) throws(ForeignDriveError) {
        switch name {
        case "Stat": try readStat(&reader)
        case "Erasure":
            try reader.readMap { name, reader throws(ForeignDriveError) in try readErasure(name, &reader) }
        case "Meta": metadata = try reader.readAttributes()
        case "Parts": parts = try reader.readArray(Self.part)
        case "DataDir": dataFolder = try reader.readText()
        default: try reader.skip()
        }
    }

    private mutating func readStat(_ reader: inout MessagePackReader) throws(ForeignDriveError) {
        try reader.readMap { name, reader throws(ForeignDriveError) in
            switch name {
            case "Size": size = try reader.readInteger()
            case "ModTime": modified = try reader.readTime()
            default: try reader.skip()
            }
        }
    }

    private mutating func readErasure(_ name: String, _ reader: inout MessagePackReader) throws(ForeignDriveError) {
        switch name {
        case "DataBlocks": erasure.data = try reader.readInteger()
        case "ParityBlocks": erasure.parity = try reader.readInteger()
        case "BlockSize": erasure.blockSize = try reader.readInteger()
        case "Index": erasure.index = try reader.readInteger()
        case "Distribution": erasure.distribution = try reader.readIntegers()
        case "Checksums":
            for (number, hash) in try reader.readArray(Self.hash) { hashes[number] = hash }
        default: try reader.skip()
        }
    }

    private static func hash(
        _ reader: inout MessagePackReader
    ) throws(ForeignDriveError) -> (Int64, XLObject.WholeFileHash) {
        var number: Int64 = 0
        var hash = XLObject.WholeFileHash(algorithm: 0, digest: [])
        try reader.readMap { name, reader throws(ForeignDriveError) in
            switch name {
            case "PartNumber": number = try reader.readInteger()
            case "Algorithm": hash.algorithm = try reader.readInteger()
            case "Hash": hash.digest = Array(try reader.readBinary())
            default: try reader.skip()
            }
        }
        return (number, hash)
    }

    private static func part(_ reader: inout MessagePackReader) throws(ForeignDriveError) -> XLObject.Part {
        var part = XLObject.Part(number: 0, etag: nil, size: -1, actualSize: nil)
        try reader.readMap { name, reader throws(ForeignDriveError) in
            switch name {
            case "e": part.etag = try reader.readText()
            case "n": part.number = try reader.readInteger()
            case "s": part.size = try reader.readInteger()
            case "as": part.actualSize = try reader.readInteger()
            default: try reader.skip()
            }
        }
        if part.etag?.isEmpty == true { part.etag = nil }
        return part
    }
}
