/// Finds where the bytes of a version are: in its `xl.meta`, or in the part files of its data folder.
struct MinIOPlacement {
    /// The files of a data folder: their sizes by name.
    typealias Files = [[UInt8]: Int64]

    let object: XLObject
    /// Whether the version is marked as inline, which alone proves nothing.
    let isMarkedInline: Bool
    /// The framed bytes under the version's name, or why the inline section cannot be read.
    let inline: Result<ArraySlice<UInt8>, ForeignDriveError>
    /// The folder of part files, and what is in it.
    let folder: DrivePath
    let files: Files

    /// The pieces of the object in order.
    ///
    /// - Throws: `missingData`, `wrongLength`, or what is wrong with the inline section that would hold the bytes.
    func pieces() throws(ForeignDriveError) -> [MinIOPiece] {
        if let value = try inlineValue(), let part = object.parts.first {
            return [try inlinePiece(part, value)]
        }
        var pieces: [MinIOPiece] = []
        for part in object.parts { pieces.append(try filePiece(part)) }
        return pieces
    }

    /// The inline bytes when it is they that count, by the order of precedence that MinIO itself has.
    private func inlineValue() throws(ForeignDriveError) -> ArraySlice<UInt8>? {
        guard object.parts.count == 1 else { return nil }
        let prefersInline = isMarkedInline || object.id.isZero || !hasPartFile
        guard prefersInline, !(try inline.get().isEmpty) else { return nil }
        return try inline.get()
    }

    private var hasPartFile: Bool {
        object.parts.first.map { files[Self.fileName($0)] != nil } ?? false
    }

    private func inlinePiece(_ part: XLObject.Part, _ value: ArraySlice<UInt8>) throws(ForeignDriveError) -> MinIOPiece
    {
        let framedSize = try framedSize(part)
        guard Int64(value.count) == framedSize else {
            throw .wrongLength("inline data", expected: framedSize, found: Int64(value.count))
        }
        return piece(part, framedSize, .inline(value))
    }

    private func filePiece(_ part: XLObject.Part) throws(ForeignDriveError) -> MinIOPiece {
        let name = Self.fileName(part)
        let framedSize = try framedSize(part)
        guard let path = folder.appending(name) else { throw .badName("\(folder)") }
        guard let found = files[name] else {
            guard part.size == 0 else { throw .missingData("\(path)") }
            return piece(part, 0, .nowhere)
        }
        guard found == framedSize else { throw .wrongLength("\(path)", expected: framedSize, found: found) }
        return piece(part, framedSize, framedSize == 0 ? .nowhere : .file(path))
    }

    private func piece(_ part: XLObject.Part, _ framedSize: Int64, _ location: MinIOPiece.Location) -> MinIOPiece {
        MinIOPiece(
            number: part.number,
            etag: part.etag,
            size: part.size,
            framedSize: framedSize,
            blockSize: object.erasure.blockSize,
            location: location
        )
    }

    private func framedSize(_ part: XLObject.Part) throws(ForeignDriveError) -> Int64 {
        let length = BitrotFrame.framedLength(of: part.size, blockSize: object.erasure.blockSize)
        guard let length else { throw .inconsistent("part \(part.number) of \(part.size) bytes cannot be") }
        return length
    }

    /// The name of a part's file.
    static func fileName(_ part: XLObject.Part) -> [UInt8] { Array("part.\(part.number)".utf8) }
}
