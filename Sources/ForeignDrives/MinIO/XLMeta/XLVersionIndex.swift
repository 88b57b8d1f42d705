/// The content of the metadata of format 1.3: two version numbers, then a header and a body for each version.
struct XLVersionIndex {
    let headerVersion: UInt64
    let metaVersion: UInt64
    let versions: [XLVersion]

    /// Reads to the end, where the last body has to end.
    init(_ reader: inout MessagePackReader) throws(ForeignDriveError) {
        headerVersion = try Self.known(try reader.readUnsigned(), "version headers")
        metaVersion = try Self.known(try reader.readUnsigned(), "version bodies")
        let count = try reader.readInteger()
        // A header and a body have at least one byte each.
        guard count >= 0, count <= Int64(reader.rest.count / 2) else {
            throw .malformed("xl.meta announces \(count) versions")
        }
        var versions: [XLVersion] = []
        for _ in 0..<count {
            let header = try reader.readBinary()
            versions.append(XLVersion(header: (header, headerVersion), body: try reader.readBinary()))
        }
        guard reader.isAtEnd else { throw .malformed("bytes follow the versions in xl.meta") }
        self.versions = versions
    }

    private static func known(_ version: UInt64, _ what: String) throws(ForeignDriveError) -> UInt64 {
        guard (1...3).contains(version) else { throw .unsupported("\(what) of the unknown version \(version)") }
        return version
    }
}
