/// How many entries a page may have, as all listings read it.
enum PageSize {
    /// The number in `text`, cut to `limit`; `limit` when absent or empty.
    static func parse(_ text: String?, name: String, argument: String, limit: Int) throws(S3Error) -> Int {
        guard let text, !text.isEmpty else { return limit }
        guard let number = Int32(text) else { throw .notAnInteger(name, value: text) }
        guard number >= 0 else { throw .negativePageSize(argument, value: text) }
        return min(Int(number), limit)
    }
}

/// The parameter `encoding-type` of all listings.
enum EncodingType {
    /// Whether it is `url`; false when absent, refused when it is anything else, empty included.
    static func isURL(_ text: String?) throws(S3Error) -> Bool {
        guard let text else { return false }
        guard ByteText.equal(text, "url") else { throw .invalidEncodingType(text) }
        return true
    }

    /// Keys, prefixes and markers as a listing writes them.
    static func text(_ bytes: [UInt8], isURL: Bool) -> String {
        isURL ? JavaURLEncoding.encode(bytes) : String(decoding: bytes, as: UTF8.self)
    }
}
