/// The query of ListMultipartUploads, checked.
package struct ListMultipartUploadsRequest: Equatable, Sendable {
    /// The most entries of one page.
    package static let maximumUploads = 1_000

    /// Only keys that begin with these bytes.
    package let prefix: [UInt8]
    /// What rolls keys up; empty for nothing.
    package let delimiter: [UInt8]
    /// The page begins after this key, or within its uploads; empty for the beginning.
    package let keyMarker: [UInt8]
    /// The page begins after this upload of the key `keyMarker`; nil for after all of them.
    ///
    /// Whoever lists has to refuse one that is not of that key, by `S3Error.invalidUploadIDMarker`.
    package let uploadIDMarker: UploadID?
    /// How many entries at most, 0 to 1000.
    package let maxUploads: Int
    /// Whether `encoding-type=url` was asked for.
    package let encodesURLs: Bool

    /// The request in a query; an upload-id-marker without key-marker does not count.
    ///
    /// - Throws: `InvalidArgument` for a bad max-uploads, upload-id-marker or encoding-type.
    package init(_ target: RequestTarget) throws(S3Error) {
        maxUploads = try PageSize.parse(
            target["max-uploads"],
            name: "max-uploads",
            argument: "max-uploads",
            limit: Self.maximumUploads
        )
        let keyMarker = target["key-marker"] ?? ""
        uploadIDMarker = keyMarker.isEmpty ? nil : try Self.uploadIDMarker(target["upload-id-marker"])
        encodesURLs = try EncodingType.isURL(target["encoding-type"])
        prefix = Array((target["prefix"] ?? "").utf8)
        delimiter = Array((target["delimiter"] ?? "").utf8)
        self.keyMarker = Array(keyMarker.utf8)
    }

    private static func uploadIDMarker(_ text: String?) throws(S3Error) -> UploadID? {
        guard let text, !text.isEmpty else { return nil }
        guard let id = try? UploadID(text) else { throw .invalidUploadIDMarker(text) }
        return id
    }
}
