/// The body of a version: a map that names its kind and holds the record of that kind.
struct XLVersionBody {
    let kind: XLVersionHeader.Kind
    let content: XLVersion.Content
    let id: ForeignUUID
    let modified: ForeignTime
    let writtenBy: UInt64?

    init(_ bytes: ArraySlice<UInt8>) throws(ForeignDriveError) {
        let fields = try Fields(bytes)
        kind = fields.kind
        writtenBy = fields.writtenBy
        guard let record = fields.record else { throw .missing("record of its kind", of: "a version") }
        var reader = MessagePackReader(record)
        switch kind {
        case .object, .legacyObject:
            let object = kind == .object ? try XLObject(&reader) : try XLObject(legacy: &reader)
            (id, modified, content) = (object.id, object.modified, .object(object))
        case .deleteMarker:
            let marker = try XLDeleteMarker(&reader)
            (id, modified, content) = (marker.id, marker.modified, .deleteMarker(marker))
        }
    }
}

extension XLVersionBody {
    /// The outer map, whose kind may stand before or behind the record.
    private struct Fields {
        var kind: XLVersionHeader.Kind
        var record: ArraySlice<UInt8>?
        var writtenBy: UInt64?

        init(_ bytes: ArraySlice<UInt8>) throws(ForeignDriveError) {
            var number: UInt64?
            var release: UInt64?
            var records: [String: ArraySlice<UInt8>] = [:]
            var reader = MessagePackReader(bytes)
            try reader.readMap { name, reader throws(ForeignDriveError) in
                switch name {
                case "Type": number = try reader.readUnsigned()
                case "v": release = try reader.readUnsigned()
                case "V1Obj", "V2Obj", "DelObj": records[name] = try reader.readRaw()
                default: try reader.skip()
                }
            }
            guard reader.isAtEnd else { throw .malformed("bytes follow a version's body") }
            guard let number else { throw .missing("Type", of: "a version") }
            guard let kind = UInt8(exactly: number).flatMap(XLVersionHeader.Kind.init(rawValue:)) else {
                throw .unsupported("a version is of the unknown kind \(number)")
            }
            self.kind = kind
            record = records[kind.recordName]
            writtenBy = release
        }
    }
}

extension XLVersionHeader.Kind {
    /// The name under which a body holds the record of this kind.
    fileprivate var recordName: String {
        switch self {
        case .object: "V2Obj"
        case .deleteMarker: "DelObj"
        case .legacyObject: "V1Obj"
        }
    }
}
