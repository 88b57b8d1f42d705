/// The answer to a form upload that was stored.
package struct PostObjectSuccess: Equatable, Sendable {
    /// The values of the `PostResponse` document that goes with status 201.
    package struct Document: Equatable, Sendable {
        /// The URL of the object.
        package let location: String
        /// The bucket's name.
        package let bucket: String
        /// The key, not escaped.
        package let key: ObjectKey
        /// The entity tag; the document carries it with quotes.
        package let etag: ETag
    }

    /// 303, 200, 201 or 204; with 204 there is no Content-Type.
    package let status: Int
    /// The `Location` header: the redirect's target, else the URL of the object.
    package let location: String
    /// What the body says, with 201 only.
    package let document: Document?

    /// The answer that a form chose, for the object that it stored.
    package init(_ choice: PostSuccessChoice, bucket: BucketName, key: ObjectKey, etag: ETag, location: PostLocation) {
        guard choice.redirect == nil else {
            status = 303
            self.location = Self.target(choice.redirect ?? "", bucket: bucket, key: key, etag: etag)
            document = nil
            return
        }
        status = choice.status
        self.location = location.text(for: key)
        document =
            choice.status == 201
            ? Document(location: self.location, bucket: bucket.string, key: key, etag: etag) : nil
    }

    /// The URL with `bucket`, `key` and `etag` behind what query it has, before its fragment.
    private static func target(_ url: String, bucket: BucketName, key: ObjectKey, etag: ETag) -> String {
        let parts = url.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let base = asciiOnly(parts[0])
        let fragment = parts.count > 1 ? "#" + asciiOnly(parts[1]) : ""
        let query =
            "bucket=\(PercentEncoding.encode(bucket.string, keepingSlash: false))"
            + "&key=\(PercentEncoding.encode(key.utf8, keepingSlash: true))"
            + "&etag=\(PercentEncoding.encode(etag.quoted, keepingSlash: false))"
        return base + separator(after: base) + query + fragment
    }

    private static func separator(after url: String) -> String {
        guard url.utf8.contains(UInt8(ascii: "?")) else { return "?" }
        return url.utf8.last == UInt8(ascii: "?") || url.utf8.last == UInt8(ascii: "&") ? "" : "&"
    }

    /// The text with bytes beyond ASCII percent-encoded, since it becomes a header.
    private static func asciiOnly(_ text: Substring) -> String {
        text.utf8.reduce(into: "") { result, byte in
            result +=
                byte < 0x80
                ? String(Unicode.Scalar(byte)) : PercentEncoding.encode(CollectionOfOne(byte), keepingSlash: true)
        }
    }
}
