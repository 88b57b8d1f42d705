/// A canonical Huffman code of DEFLATE (RFC 1951 section 3.2.2), read bit by bit.
struct HuffmanCode {
    private static let longest = 15

    /// How many codes there are of each length.
    private var counts = [Int](repeating: 0, count: longest + 1)
    /// The symbols in the order of their codes.
    private let symbols: [Int]

    /// The code whose symbols have these lengths, 0 for none.
    ///
    /// - Throws: `malformed` when there are more codes than the lengths leave room for.
    init(lengths: ArraySlice<Int>) throws(ForeignDriveError) {
        for length in lengths where length > 0 { counts[length] += 1 }
        var room = 1
        for length in 1...Self.longest {
            room = room * 2 - counts[length]
            guard room >= 0 else { throw .malformed("a Huffman code has too many symbols") }
        }
        symbols = lengths.indices.filter { lengths[$0] > 0 }
            .sorted { (lengths[$0], $0) < (lengths[$1], $1) }
            .map { $0 - lengths.startIndex }
    }

    /// The next symbol from `bit`, which gives one bit after the other.
    func symbol(_ bit: () throws(ForeignDriveError) -> Int) throws(ForeignDriveError) -> Int {
        var code = 0
        var first = 0
        var index = 0
        for length in 1...Self.longest {
            code |= try bit()
            let count = counts[length]
            if code - first < count { return symbols[index + code - first] }
            index += count
            first = (first + count) << 1
            code <<= 1
        }
        throw .malformed("a code that no symbol has")
    }
}
