/// The bytes of its source that UploadPartCopy takes; unlike in `Range`, both ends must be said.
package struct CopySourceRange: Equatable, Sendable {
    private let value: String
    private let first: Int64
    private let last: Int64

    /// The range in `x-amz-copy-source-range`: `bytes=first-last`.
    ///
    /// - Throws: `InvalidArgument` for any other form.
    package init(_ value: String) throws(S3Error) {
        let text = ByteText.trimmed(value)
        let unit = "bytes="
        let halves = text.utf8.dropFirst(unit.utf8.count).split(
            separator: UInt8(ascii: "-"),
            omittingEmptySubsequences: false
        )
        guard ByteText.hasPrefix(text, unit), halves.count == 2, let first = Self.number(halves[0]),
            let last = Self.number(halves[1]), first <= last
        else { throw .malformedCopySourceRange(value) }
        self.value = value
        self.first = first
        self.last = last
    }

    /// The bytes to copy of a source of `size` bytes, all of which must be there.
    ///
    /// - Throws: `InvalidRequest` when the range begins behind the source, `InvalidArgument` when it ends there.
    package func resolved(size: Int64) throws(S3Error) -> ByteRange {
        guard first < size else { throw .copySourceRangeOutside }
        guard last < size else { throw .copySourceRangeTooLong(value, size: size) }
        return ByteRange(first: first, last: last)
    }

    /// The value of decimal digits, the largest number when it is beyond that.
    private static func number(_ digits: Substring.UTF8View) -> Int64? {
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(String(decoding: digits, as: UTF8.self)) ?? .max
    }
}
