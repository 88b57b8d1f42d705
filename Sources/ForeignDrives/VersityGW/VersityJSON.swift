import S3Protocol

/// The JSON in versitygw's attributes, some of it compressed.
enum VersityJSON {
    /// The most bytes of a text; an extended attribute has at most 65,536, compressed ones may hold more.
    private static let largestText = 4 << 20

    /// The text's value, or nil when it is no JSON.
    static func read(_ bytes: [UInt8]) -> JSONValue? {
        JSONReader.read(bytes, limits: JSONReader.Limits(length: largestText, depth: 8))
    }

    /// The tags of an object of strings, in byte order of their keys.
    static func tags(_ bytes: [UInt8]) -> [ForeignTag]? {
        read(bytes)?.texts.map { texts in
            texts.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ForeignTag($0.key, $0.value) }
        }
    }

    /// The bytes of a value that may be compressed with gzip.
    static func plain(_ bytes: [UInt8]) throws(ForeignDriveError) -> [UInt8] {
        Gzip.isCompressed(bytes) ? try Gzip.decompress(bytes, limit: largestText) : bytes
    }

    /// The end offsets in `{uploadId, parts}`.
    static func partEnds(_ bytes: [UInt8]) throws(ForeignDriveError) -> [Int64] {
        guard let parts = read(try plain(bytes))?.member(anyCase: "parts")?.elements else {
            throw .malformed("the part boundaries are no JSON with a list of parts")
        }
        let ends = parts.compactMap(\.integer)
        guard ends.count == parts.count else { throw .malformed("a part boundary is no integer") }
        return ends
    }
}

extension JSONValue {
    /// The names of an object's members in order; nil for anything else.
    var names: [String]? {
        if case .object(let members) = self { members.map(\.name) } else { nil }
    }
}
