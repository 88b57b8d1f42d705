package import S3Protocol

/// The object that a style is asked of.
package struct StyleSource: Hashable, Sendable {
    /// Its bucket.
    package let bucket: BucketName
    /// Its key.
    package let key: ObjectKey

    /// The object of this bucket and key.
    package init(bucket: BucketName, key: ObjectKey) {
        self.bucket = bucket
        self.key = key
    }

    /// The object that these bytes name: `s3://BUCKET/KEY`, `local:///BUCKET/KEY` or `BUCKET/KEY`.
    ///
    /// What follows the bucket's slash is the key, byte by byte. No other scheme is taken: nothing is fetched from elsewhere.
    package init(_ bytes: [UInt8]) throws(StyleAddressError) {
        let rest = try Self.withoutScheme(bytes)
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else {
            throw StyleAddressError(.badSource, "The source is '\(Self.shown(bytes))'; expected \(Self.forms).")
        }
        let (name, key) = (rest[..<slash], rest[(slash + 1)...])
        guard let bucket = try? BucketName(String(decoding: name, as: UTF8.self)) else {
            throw StyleAddressError(
                .badSource,
                "The source is '\(Self.shown(bytes))', and '\(Self.shown(name))' can be no bucket; expected \(Self.forms)."
            )
        }
        do {
            self.init(bucket: bucket, key: try ObjectKey(utf8: Array(key)))
        } catch {
            throw StyleAddressError(
                .badSource,
                "The key of the source cannot be one: it has 1 to \(ObjectKey.maximumLength) bytes of UTF-8."
            )
        }
    }

    /// The source as text, in the form that imgproxy knows for S3.
    package var text: String { "s3://\(bucket)/\(key)" }

    private static let forms = "s3://BUCKET/KEY, local:///BUCKET/KEY or BUCKET/KEY"

    private static func withoutScheme(_ bytes: [UInt8]) throws(StyleAddressError) -> ArraySlice<UInt8> {
        for scheme in ["s3://", "local:///"] where bytes.starts(with: scheme.utf8) {
            return bytes.dropFirst(scheme.utf8.count)
        }
        let scheme = bytes.prefix { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "/") }
        guard bytes.dropFirst(scheme.count).starts(with: "://".utf8) else { return bytes[...] }
        throw StyleAddressError(
            .badSource,
            "Sources of the scheme '\(shown(scheme))' are not fetched, only objects of this server; expected \(forms)."
        )
    }

    private static func shown(_ bytes: some Collection<UInt8>) -> String {
        // Cut, since it goes into an answer and a log.
        let text = bytes.prefix(120).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
        return String(decoding: text, as: UTF8.self) + (bytes.count > 120 ? "…" : "")
    }
}
