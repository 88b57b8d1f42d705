/// Bytes of an object that a request asks for, ends included; never empty.
package struct ByteRange: Hashable, Sendable {
    /// The offset of the first byte.
    package let first: Int64
    /// The offset of the last byte.
    package let last: Int64

    /// How many bytes.
    package var count: Int64 { last - first + 1 }

    /// A range from `first` to `last`.
    package init(first: Int64, last: Int64) {
        precondition(first >= 0 && last >= first, "a byte range is never empty")
        self.first = first
        self.last = last
    }

    /// The range that a `Range` header asks for of an object of `size` bytes, or nil when there is no such header or
    /// S3 ignores it: another unit, several ranges, an end before the start, anything it cannot read.
    ///
    /// - Throws: `InvalidRange` when the header is good and no byte lies in the range.
    package init?(header: String?, size: Int64) throws(S3Error) {
        guard let header, let wanted = Wanted(header) else { return nil }
        guard let range = wanted.resolved(size: size) else { throw .invalidRange(header, size: size) }
        self = range
    }

    /// The value of `Content-Range` for an object of `size` bytes (RFC 9110 section 14.4).
    package func contentRange(size: Int64) -> String {
        "bytes \(first)-\(last)/\(size)"
    }
}

extension ByteRange {
    /// What a header says, before the size is known.
    private enum Wanted {
        case between(Int64, Int64?)
        case suffix(Int64)

        init?(_ header: String) {
            let bytes = Array(ByteText.trimmed(header).utf8)
            let unit = ByteText.lowercasedASCII(String(decoding: bytes.prefix(6), as: UTF8.self))
            guard ByteText.equal(unit, "bytes=") else { return nil }
            let halves = bytes.dropFirst(6).split(
                separator: UInt8(ascii: "-"),
                omittingEmptySubsequences: false
            )
            guard halves.count == 2 else { return nil }
            self.init(start: halves[0], end: halves[1])
        }

        private init?(start: ArraySlice<UInt8>, end: ArraySlice<UInt8>) {
            if start.isEmpty {
                guard let count = number(end) else { return nil }
                self = .suffix(count)
            } else {
                guard let first = number(start) else { return nil }
                guard !end.isEmpty else {
                    self = .between(first, nil)
                    return
                }
                guard let last = number(end), last >= first else { return nil }
                self = .between(first, last)
            }
        }

        func resolved(size: Int64) -> ByteRange? {
            switch self {
            case .between(let first, let last):
                first < size ? ByteRange(first: first, last: min(last ?? .max, size - 1)) : nil
            case .suffix(let count):
                count > 0 && size > 0 ? ByteRange(first: max(0, size - count), last: size - 1) : nil
            }
        }
    }
}

/// The value of at least one decimal digit, the largest number when it is beyond that, nil for other bytes.
private func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int64(String(decoding: digits, as: UTF8.self)) ?? .max
}
