extension XLObject {
    /// Reads the record `V2Obj`.
    init(_ reader: inout MessagePackReader) throws(ForeignDriveError) {
        var fields = Fields()
        try reader.readMap { name, reader throws(ForeignDriveError) in
            if try fields.readErasure(name, &reader) { return }
            if try fields.readParts(name, &reader) { return }
            try fields.readRest(name, &reader)
        }
        guard let id = fields.id else { throw .missing("ID", of: "an object") }
        guard let size = fields.size else { throw .missing("Size", of: "an object") }
        guard let modified = fields.modified else { throw .missing("MTime", of: "an object") }
        self.init(
            id: id,
            dataFolder: (fields.dataFolder ?? .zero).text,
            isLegacy: false,
            erasure: fields.erasure,
            protection: fields.protection == 1 ? .blockHashes : .unknown(fields.protection),
            parts: try fields.parts(),
            size: size,
            modified: ForeignTime(nanosecondsSince1970: modified),
            systemMetadata: fields.systemMetadata,
            userMetadata: fields.userMetadata
        )
    }
}

/// What was read so far of the record.
private struct Fields {
    var id: ForeignUUID?
    var dataFolder: ForeignUUID?
    var erasure = XLObject.Erasure(algorithm: 0)
    var protection: Int64 = 0
    var partNumbers: [Int64] = []
    var partETags: [String] = []
    var partSizes: [Int64] = []
    var partActualSizes: [Int64] = []
    var size: Int64?
    var modified: Int64?
    var systemMetadata: [ForeignAttribute] = []
    var userMetadata: [ForeignAttribute] = []

    /// Reads the value of `name` when it is one of the erasure code, and says whether it was.
    mutating func readErasure(_ name: String, _ reader: inout MessagePackReader) throws(ForeignDriveError) -> Bool {
        switch name {
        case "EcAlgo": erasure.algorithm = try reader.readInteger()
        case "EcM": erasure.data = try reader.readInteger()
        case "EcN": erasure.parity = try reader.readInteger()
        case "EcBSize": erasure.blockSize = try reader.readInteger()
        case "EcIndex": erasure.index = try reader.readInteger()
        case "EcDist": erasure.distribution = try reader.readIntegers()
        case "CSumAlgo": protection = try reader.readInteger()
        default: return false
        }
        return true
    }

    /// Reads the value of `name` when it is one of the parts, and says whether it was.
    mutating func readParts(_ name: String, _ reader: inout MessagePackReader) throws(ForeignDriveError) -> Bool {
        switch name {
        case "PartNums": partNumbers = try reader.readIntegers()
        case "PartSizes": partSizes = try reader.readIntegers()
        case "PartASizes": partActualSizes = try reader.readIntegers()
        case "PartETags":
            partETags = try reader.readArray { reader throws(ForeignDriveError) in try reader.readText() }
        default: return false
        }
        return true
    }

    mutating func readRest(_ name: String, _ reader: inout MessagePackReader) throws(ForeignDriveError) {
        switch name {
        case "ID": id = try reader.readUUID()
        case "DDir": dataFolder = try reader.readUUID()
        case "Size": size = try reader.readInteger()
        case "MTime": modified = try reader.readInteger()
        case "MetaSys": systemMetadata = try reader.readAttributes()
        case "MetaUsr": userMetadata = try reader.readAttributes()
        default: try reader.skip()
        }
    }

    /// The parts out of the lists of their numbers, sizes and ETags, which have to be equally long where they are set.
    func parts() throws(ForeignDriveError) -> [XLObject.Part] {
        let count = partNumbers.count
        guard partSizes.count == count else { throw .inconsistent("\(count) parts have \(partSizes.count) sizes") }
        guard partActualSizes.isEmpty || partActualSizes.count == count, partETags.isEmpty || partETags.count == count
        else { throw .inconsistent("the lists of \(count) parts are of different lengths") }
        return (0..<count).map { index in
            XLObject.Part(
                number: partNumbers[index],
                etag: partETags.isEmpty || partETags[index].isEmpty ? nil : partETags[index],
                size: partSizes[index],
                actualSize: partActualSizes.isEmpty ? nil : partActualSizes[index]
            )
        }
    }
}
