/// What stands between two stars of a pattern, to be found in a text.
///
/// All places where it may have begun are followed at once, each by one bit of a row (the algorithm Shift-And), so that
/// hostile text and hostile patterns cost what any cost.
struct PatternSegment {
    /// How many words a row of bits has.
    private let words: Int
    /// For each byte a row with the bits of the symbols that it matches.
    private var rows: [UInt64]
    /// The bits of the symbols that stand for a character, which take all of its bytes.
    private var characters: [UInt64]
    /// The bit of the last symbol, in the last word.
    private let last: UInt64

    /// A segment of bytes and `PolicyPattern.character`, of one at least.
    init(_ symbols: ArraySlice<PolicyPattern.Symbol>) {
        words = (symbols.count + 63) / 64
        rows = Array(repeating: 0, count: 256 * words)
        characters = Array(repeating: 0, count: words)
        last = 1 << UInt64((symbols.count - 1) % 64)
        for (index, symbol) in symbols.enumerated() {
            let (word, bit) = (index / 64, UInt64(1) << UInt64(index % 64))
            if symbol == PolicyPattern.character {
                characters[word] |= bit
                for byte in UInt8.min...UInt8.max where !PolicyPattern.isContinuation(byte) {
                    rows[Int(byte) * words + word] |= bit
                }
            } else {
                rows[Int(symbol) * words + word] |= bit
            }
        }
    }

    /// Where the text goes on behind the first place of the segment, or nil when it is nowhere in it.
    func end(in text: ArraySlice<UInt8>) -> Int? {
        words == 1 ? endByWord(in: text) : endByRow(in: text)
    }

    private func endByWord(in text: ArraySlice<UInt8>) -> Int? {
        let characters = characters[0]
        var state: UInt64 = 0
        for index in text.indices {
            let byte = text[index]
            let held = PolicyPattern.isContinuation(byte) ? state & characters : 0
            state = (state << 1 | 1) & rows[Int(byte)] | held
            if state & last != 0 { return completed(index + 1, in: text) }
        }
        return nil
    }

    private func endByRow(in text: ArraySlice<UInt8>) -> Int? {
        var state: [UInt64] = Array(repeating: 0, count: words)
        for index in text.indices {
            let byte = text[index]
            let row = Int(byte) * words
            let isHeld = PolicyPattern.isContinuation(byte)
            var carry: UInt64 = 1
            for word in 0..<words {
                let before = state[word]
                state[word] = (before << 1 | carry) & rows[row + word] | (isHeld ? before & characters[word] : 0)
                carry = before >> 63
            }
            if state[words - 1] & last != 0 { return completed(index + 1, in: text) }
        }
        return nil
    }

    /// The end of the character that the last symbol may have begun only.
    private func completed(_ index: Int, in text: ArraySlice<UInt8>) -> Int {
        guard characters[words - 1] & last != 0 else { return index }
        var index = index
        while index < text.endIndex, PolicyPattern.isContinuation(text[index]) { index += 1 }
        return index
    }
}
