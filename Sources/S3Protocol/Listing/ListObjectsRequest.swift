/// The query of ListObjects (V1) or ListObjectsV2, checked.
package struct ListObjectsRequest: Equatable, Sendable {
    /// Where a page begins; the two versions differ in nothing else of weight.
    package enum Start: Equatable, Sendable {
        /// V1: after `marker`, empty for the beginning.
        case marker([UInt8])
        /// V2: after `startAfter`, empty for the beginning.
        case startAfter([UInt8])
        /// V2: after the page that gave this token; `start-after` does not count then.
        case token(ContinuationToken)
    }

    /// The most entries of one page.
    package static let maximumKeys = 1_000

    /// Only keys that begin with these bytes.
    package let prefix: [UInt8]
    /// What rolls keys up; empty for nothing.
    package let delimiter: [UInt8]
    /// Where the page begins.
    package let start: Start
    /// How many entries at most, 0 to 1000.
    package let maxKeys: Int
    /// Whether `encoding-type=url` was asked for.
    package let encodesURLs: Bool
    /// Whether each object names its owner: always with V1, with `fetch-owner=true` in V2.
    package let fetchesOwner: Bool

    /// Whether it is ListObjectsV2.
    package var isVersion2: Bool {
        if case .marker = start { return false }
        return true
    }

    /// The bytes after which the page begins, empty for the beginning.
    package var after: [UInt8] {
        switch start {
        case .marker(let bytes), .startAfter(let bytes): bytes
        case .token(let token): token.last
        }
    }

    /// The request in a query; `list-type=2` makes it V2.
    ///
    /// - Throws: `InvalidArgument` for a bad max-keys, encoding-type or continuation-token.
    package init(_ target: RequestTarget) throws(S3Error) {
        let isVersion2 = target["list-type"].map { ByteText.equal($0, "2") } ?? false
        prefix = Array((target["prefix"] ?? "").utf8)
        delimiter = Array((target["delimiter"] ?? "").utf8)
        maxKeys = try PageSize.parse(target["max-keys"], name: "max-keys", argument: "maxKeys", limit: Self.maximumKeys)
        encodesURLs = try EncodingType.isURL(target["encoding-type"])
        fetchesOwner = !isVersion2 || target["fetch-owner"].map { ByteText.equal($0, "true") } ?? false
        start = isVersion2 ? try Self.version2Start(target) : .marker(Array((target["marker"] ?? "").utf8))
    }

    private static func version2Start(_ target: RequestTarget) throws(S3Error) -> Start {
        if let token = target["continuation-token"] { return .token(try ContinuationToken(token)) }
        return .startAfter(Array((target["start-after"] ?? "").utf8))
    }
}
