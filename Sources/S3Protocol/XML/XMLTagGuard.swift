/// Counts the attributes of tags before the parser sees them, over bytes that come in pieces of any size.
///
/// libxml2 compares the attributes of a tag in pairs before it tells of the tag: a hundred thousand in one tag, less than
/// a mebibyte, cost it seconds. This reads each byte once. It knows where tags, quotes, comments, CDATA sections and
/// processing instructions begin and end, and no more; what is wrong otherwise is for the parser to find.
///
/// It reads UTF-8 only, as S3 does (XML 1.0, section 4.3.3, would allow others): a document whose first byte can be none of
/// UTF-8's, or that has a zero byte, is refused.
struct XMLTagGuard {
    private enum State: Equatable {
        /// At the first bytes; so many of the byte order mark are read.
        case start(Int)
        case text
        /// After `<`.
        case opening
        /// After so many bytes of `<!--` or `<![CDATA[`.
        case openingComment(Int)
        case openingSection(Int)
        case tag
        case quoted(UInt8)
        /// Up to `>` after so many times the mark, of which so many are read.
        case until(mark: UInt8, count: Int, seen: Int)
    }

    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let comment = Array("<!--".utf8)
    private static let section = Array("<![CDATA[".utf8)

    private let limit: Int
    private var state = State.start(0)
    private var attributes = 0

    /// A guard that lets tags with at most so many attributes pass; declarations of namespaces count as such.
    init(limit: Int) {
        self.limit = limit
    }

    /// Reads on; gives what is wrong, or nil.
    mutating func read(_ bytes: [UInt8]) -> String? {
        for byte in bytes {
            guard byte != 0 else { return "a zero byte: documents are read as UTF-8" }
            guard step(byte) else { return "another encoding than UTF-8" }
            guard attributes <= limit else { return "a tag with more than \(limit) attributes" }
        }
        return nil
    }

    /// Whether the byte can stand there.
    private mutating func step(_ byte: UInt8) -> Bool {
        switch state {
        case .text: if byte == UInt8(ascii: "<") { state = .opening }
        case .start(let count): return begin(byte, count)
        case .opening: open(byte)
        case .openingComment(let count): openComment(byte, count)
        case .openingSection(let count): openSection(byte, count)
        case .tag: stepInTag(byte)
        case .quoted(let quote): if byte == quote { state = .tag }
        case .until(let mark, let count, let seen):
            if byte == UInt8(ascii: ">"), seen >= count {
                state = .text
            } else {
                state = .until(mark: mark, count: count, seen: byte == mark ? seen + 1 : 0)
            }
        }
        return true
    }

    private mutating func begin(_ byte: UInt8, _ count: Int) -> Bool {
        if byte == Self.byteOrderMark[count] {
            state = count == 2 ? .text : .start(count + 1)
            return true
        }
        // `L` is how EBCDIC writes `<`.
        guard count == 0, byte < 0x80, byte != UInt8(ascii: "L") else { return false }
        state = .text
        return step(byte)
    }

    private mutating func open(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "!"): state = .openingComment(2)
        case UInt8(ascii: "?"): state = .until(mark: byte, count: 1, seen: 0)
        default: openTag(byte)
        }
    }

    private mutating func openComment(_ byte: UInt8, _ count: Int) {
        if byte == Self.comment[count] {
            state = count == 3 ? .until(mark: byte, count: 2, seen: 0) : .openingComment(count + 1)
        } else if count == 2, byte == Self.section[2] {
            state = .openingSection(3)
        } else {
            openTag(byte)
        }
    }

    private mutating func openSection(_ byte: UInt8, _ count: Int) {
        guard byte == Self.section[count] else { return openTag(byte) }
        guard count == Self.section.count - 1 else { return state = .openingSection(count + 1) }
        state = .until(mark: UInt8(ascii: "]"), count: 2, seen: 0)
    }

    private mutating func openTag(_ byte: UInt8) {
        (state, attributes) = (.tag, 0)
        stepInTag(byte)
    }

    private mutating func stepInTag(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: ">"): (state, attributes) = (.text, 0)
        case UInt8(ascii: "\""), UInt8(ascii: "'"): state = .quoted(byte)
        case UInt8(ascii: "="): attributes += 1
        default: break
        }
    }
}
