/// The query of ListBuckets, checked.
package struct ListBucketsRequest: Equatable, Sendable {
    /// Only names that begin with this; nil when not given, which the answer then does not echo.
    package let prefix: String?
    /// Only buckets of this region.
    package let region: String?
    /// How many buckets at most; nil for all.
    package let maxBuckets: Int?
    /// The last name of the page before.
    package let after: String?

    /// The request in a query; an empty continuation token stands for the first page.
    ///
    /// - Throws: `InvalidArgument` for a bad max-buckets, bucket-region or continuation-token.
    package init(_ target: RequestTarget) throws(S3Error) {
        prefix = target["prefix"]
        region = try target["bucket-region"].map(Self.region)
        maxBuckets = try target["max-buckets"].map(Self.count)
        let token = target["continuation-token"].flatMap { $0.isEmpty ? nil : $0 }
        after = try token.map { text throws(S3Error) in
            String(decoding: try ContinuationToken(text).last, as: UTF8.self)
        }
    }

    /// The page that this request asks for, out of all buckets in byte order of their names.
    package func page<Bucket>(
        of buckets: [Bucket],
        name: (Bucket) -> String,
        region: (Bucket) -> String
    ) -> (buckets: [Bucket], next: ContinuationToken?) {
        let matching = buckets.filter { bucket in
            let text = name(bucket)
            let isAfter = after.map { $0.utf8.lexicographicallyPrecedes(text.utf8) } ?? true
            let isInRegion = self.region.map { ByteText.equal($0, region(bucket)) } ?? true
            return isAfter && isInRegion && ByteText.hasPrefix(text, prefix ?? "")
        }
        guard let maxBuckets, matching.count > maxBuckets else { return (matching, nil) }
        let page = Array(matching.prefix(maxBuckets))
        return (page, page.last.map { ContinuationToken(last: Array(name($0).utf8)) })
    }

    private static func count(_ text: String) throws(S3Error) -> Int {
        guard let count = Int(text), (1...10_000).contains(count) else { throw .invalidMaxBuckets(text) }
        return count
    }

    private static func region(_ text: String) throws(S3Error) -> String {
        let isPlausible = text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
        }
        guard isPlausible, !text.isEmpty else { throw .invalidBucketRegion(text) }
        return text
    }
}
