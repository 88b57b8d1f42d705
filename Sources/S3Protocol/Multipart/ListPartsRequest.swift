/// The query of ListParts, checked.
package struct ListPartsRequest: Equatable, Sendable {
    /// The most parts of one page.
    package static let maximumParts = 1_000

    /// The upload.
    package let uploadID: UploadID
    /// The page begins after this number, which need not be a part's; 0 for the beginning.
    package let partNumberMarker: Int
    /// How many parts at most, 0 to 1000.
    package let maxParts: Int

    /// The request in a query.
    ///
    /// - Throws: `InvalidArgument` for a bad max-parts or part-number-marker, `NoSuchUpload` for an upload id that is
    ///   none.
    package init(_ target: RequestTarget) throws(S3Error) {
        maxParts = try PageSize.parse(
            target["max-parts"],
            name: "max-parts",
            argument: "max-parts",
            limit: Self.maximumParts
        )
        partNumberMarker = try PartNumberMarker.parse(target["part-number-marker"], name: "part-number-marker")
        uploadID = try UploadID(target["uploadId"] ?? "")
    }

    /// The page that this request asks for, out of all parts in ascending order.
    package func page<Part>(of parts: [Part], number: (Part) -> PartNumber) -> (parts: [Part], isTruncated: Bool) {
        PartNumberMarker.page(of: parts, after: partNumberMarker, limit: maxParts, number: number)
    }
}

/// What ListParts and GetObjectAttributes have in common: pages of parts.
enum PartNumberMarker {
    /// The number in `text`; 0 when absent or empty.
    static func parse(_ text: String?, name: String) throws(S3Error) -> Int {
        guard let text, !text.isEmpty else { return 0 }
        return try PageSize.parse(text, name: name, argument: name, limit: Int(Int32.max))
    }

    /// The parts after `marker`, `limit` of them at most, and whether more follow; none follow an empty page.
    static func page<Part>(
        of parts: [Part],
        after marker: Int,
        limit: Int,
        number: (Part) -> PartNumber
    ) -> (parts: [Part], isTruncated: Bool) {
        let rest = parts.drop { number($0).value <= marker }
        return (Array(rest.prefix(limit)), limit > 0 && rest.count > limit)
    }
}
