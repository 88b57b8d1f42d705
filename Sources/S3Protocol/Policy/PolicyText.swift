/// Text from policies made fit for reasons, which travel in a header.
enum PolicyText {
    private static let maximumLength = 128

    /// `text` with whatever is not printable ASCII replaced by `?`, cut to a length that a header can bear.
    static func printable(_ text: String) -> String {
        let bytes = text.utf8.prefix(maximumLength).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
