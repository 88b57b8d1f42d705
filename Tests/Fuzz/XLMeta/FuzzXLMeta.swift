import ForeignDrives

/// Reads hostile metadata files: whole, with a right checksum around the input, and as everything else that a drive holds.
///
/// What is decoded must be in order, and framed bytes must give the same content in pieces as in one.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzXLMeta(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: data, count: size))
    inspect(input)
    // The checksum would keep random changes out of the decoder behind it.
    for minor: UInt8 in 1...3 { inspect(wrapped(input, minor: minor)) }
    _ = try? MinIOFormat(input)
    _ = try? MinIOBucketSettings([1, 0, 1, 0] + input)
    _ = VersityObject(VersityAttribute.allCases.map { ForeignAttribute($0.rawValue, input) })
    _ = VersityBucket(VersityAttribute.allCases.map { ForeignAttribute($0.rawValue, input) })
    return 0
}

/// The first two bytes say how much of the input is the payload; the rest is the inline section.
private func wrapped(_ input: [UInt8], minor: UInt8) -> [UInt8] {
    guard input.count >= 2 else { return [] }
    let length = min(Int(input[0]) << 8 | Int(input[1]), input.count - 2)
    let payload = input.dropFirst(2).prefix(length)
    let checksum = UInt32(truncatingIfNeeded: XXHash64.hash(payload))
    let sum = minor == 1 ? [] : [0xCE] + bigEndian(checksum)
    return Array("XL2 ".utf8) + [1, 0, minor, 0, 0xC6] + bigEndian(UInt32(length)) + payload + sum
        + input.dropFirst(2 + length)
}

private func bigEndian(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

private func inspect(_ bytes: [UInt8]) {
    guard let meta = try? XLMeta(bytes) else { return }
    let times = meta.versions.compactMap(\.modified)
    precondition(zip(times, times.dropFirst()).allSatisfy { $0 >= $1 }, "the versions are not newest first")
    walk(MemoryFolder(metadata: bytes))
    guard let values = try? meta.inline.get().values else { return }
    for (_, value) in values { compareFrames(value) }
}

private func walk(_ folder: MemoryFolder) {
    guard let drive = try? MinIODrive(folder), let bucket = try? drive.root().buckets.first else {
        preconditionFailure("the drive cannot be opened")
    }
    let survey = drive.walk(bucket) { object in
        for version in object.versions where version.verdict.isImportable {
            guard case .object(let content) = version.content else { continue }
            let sum = content.pieces.reduce(Int64(0)) { $0 + $1.size }
            precondition(sum == content.size, "the pieces are not the object")
            for piece in content.pieces { precondition((try? piece.frame()) != nil, "a piece without a frame") }
        }
    }
    precondition(survey.keys == 1, "not one key")
}

/// Framed bytes of any size that fits them, whole and byte by byte.
private func compareFrames(_ value: ArraySlice<UInt8>) {
    guard let first = value.first else { return }
    let size = max(0, Int64(value.count) - 32)
    let blockSize = Int64(first) + 1
    let whole = try? BitrotFrame.content(of: value, size: size, blockSize: blockSize)
    guard var frame = try? BitrotFrame(size: size, blockSize: blockSize) else { return }
    var content: [UInt8] = []
    let isWhole =
        (try? value.forEach { byte in
            let ranges = try withUnsafeBytes(of: byte) { try frame.feed($0) }
            if !ranges.isEmpty { content.append(byte) }
        }) != nil && (try? frame.finish()) != nil
    precondition((whole != nil) == isWhole, "the cut into pieces decides")
    if let whole { precondition(whole == content, "the cut into pieces changes the content") }
}

/// A drive with one bucket and one object of this metadata.
private struct MemoryFolder: DriveDirectory {
    let metadata: [UInt8]

    private static let format = """
        {"version":"1","format":"xl-single","id":"d","xl":{"version":"3","this":"a","sets":[["a"]]}}
        """

    func entries(of folder: DrivePath) throws -> [DriveEntry] {
        switch folder.description {
        case "": [DriveEntry(name: Array("bucket".utf8), kind: .folder)]
        case "bucket": [DriveEntry(name: Array("key".utf8), kind: .folder)]
        case "bucket/key": [DriveEntry(name: Array("xl.meta".utf8), kind: .file, size: Int64(metadata.count))]
        default: []
        }
    }

    func contents(of file: DrivePath, limit: Int) throws -> [UInt8]? {
        switch file.description {
        case ".minio.sys/format.json": Array(Self.format.utf8)
        case "bucket/key/xl.meta", ".minio.sys/buckets/bucket/.metadata.bin/xl.meta": metadata
        default: nil
        }
    }
}
