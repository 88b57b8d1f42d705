/// The query of ListObjectVersions, checked.
package struct ListObjectVersionsRequest: Equatable, Sendable {
    /// The most entries of one page.
    package static let maximumKeys = 1_000

    /// Only keys that begin with these bytes.
    package let prefix: [UInt8]
    /// What rolls keys up; empty for nothing.
    package let delimiter: [UInt8]
    /// The page begins after this key, or within its versions; empty for the beginning.
    package let keyMarker: [UInt8]
    /// The page begins after this version of the key `keyMarker`; nil for after all of them.
    package let versionIDMarker: VersionID?
    /// How many entries at most, 0 to 1000.
    package let maxKeys: Int
    /// Whether `encoding-type=url` was asked for.
    package let encodesURLs: Bool

    /// The request in a query, checked in the order in which S3 does.
    ///
    /// - Throws: `InvalidArgument` for a bad max-keys, version-id-marker or encoding-type.
    package init(_ target: RequestTarget) throws(S3Error) {
        maxKeys = try PageSize.parse(target["max-keys"], name: "max-keys", argument: "maxKeys", limit: Self.maximumKeys)
        let keyMarker = target["key-marker"] ?? ""
        versionIDMarker = try Self.versionIDMarker(target["version-id-marker"], hasKeyMarker: !keyMarker.isEmpty)
        encodesURLs = try EncodingType.isURL(target["encoding-type"])
        prefix = Array((target["prefix"] ?? "").utf8)
        delimiter = Array((target["delimiter"] ?? "").utf8)
        self.keyMarker = Array(keyMarker.utf8)
    }

    private static func versionIDMarker(_ text: String?, hasKeyMarker: Bool) throws(S3Error) -> VersionID? {
        guard let text else { return nil }
        guard hasKeyMarker else { throw .versionIDMarkerWithoutKeyMarker(text) }
        guard !text.isEmpty else { throw .emptyVersionIDMarker }
        guard let version = try? VersionID(text) else { throw .invalidVersionIDMarker(text) }
        return version
    }
}
